using System.Diagnostics;
using System.Text;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>What the READMEs show compiles, and their programs do what is said of them.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, CustomerId INTEGER, Status TEXT, Total DECIMAL(10, 2), OrderedAt DATETIME);
        INSERT INTO Orders VALUES (1, 7, 'paid', 120, '2026-11-23T11:06:26Z'), (2, 7, 'paid', 250, '2026-11-23T11:06:26Z'), (3, 7, 'paid', 300, '2026-11-23T11:06:26Z');
        """);

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("README.md")]
    [InlineData("Client.Sdk/RealtimeApi.Client/README.md")]
    public async Task Program_RowsChange_PrintsEachOnceAcrossARestart(string document)
    {
        var host = await HostProcess.StartAsync(null, 0, "--database", database.File);
        try
        {
            var port = host.Address.Port;
            var code = MarkdownCode.CSharp(document).First(c => c.Contains("new RealtimeApiClient(", StringComparison.Ordinal))
                .Replace("http://localhost:5080", host.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
            using var program = Start(DocumentCompiler.CompileProgram("Readme" + document.Length, code));
            try
            {
                // The program says nothing when its watch stands, so the first row is changed until it is seen.
                var seen = program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
                var total = 500;
                await Until.TrueAsync(() =>
                {
                    database.Execute($"UPDATE Orders SET Status = 'pending', Total = {total++} WHERE Id = 1");
                    return seen.IsCompleted;
                });
                Assert.Matches(@" 1: Order \{ Id = 1, .*Status = pending", await seen);

                await host.KillAsync();
                database.Execute("UPDATE Orders SET Status = 'pending' WHERE Id = 2");
                database.Execute("UPDATE Orders SET Status = 'pending' WHERE Id = 3");
                await host.DisposeAsync();
                host = await HostProcess.StartAsync(null, port, "--database", database.File);

                Assert.Matches(@"^Added 2: Order \{ Id = 2, .*Status = pending, Total = 250\b", await LineAfterAsync(program, " 1: "));
                Assert.Matches(@"^Added 3: Order \{ Id = 3, .*Status = pending, Total = 300\b", await LineAfterAsync(program, " 1: "));
            }
            finally
            {
                program.Kill();
                await program.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public void Snippets_OfTheReadme_Compile() => DocumentCompiler.CheckLibrary($$"""
        using Microsoft.AspNetCore.Builder;
        using RealtimeApi.Server.DependencyInjection;

        static class Snippets
        {
            static void Application(WebApplicationBuilder builder, WebApplication app)
            {
                {{Block("README.md", "AddRealtimeApi(")}}
            }
        }
        """);

    [Fact]
    public void Snippets_OfTheClientsReadme_Compile()
    {
        var program = MarkdownCode.CSharp("Client.Sdk/RealtimeApi.Client/README.md").First(c => c.Contains("new RealtimeApiClient(", StringComparison.Ordinal));
        var code = new StringBuilder($$"""
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.DependencyInjection;
            using RealtimeApi.Client;

            {{program[program.IndexOf("record Order(", StringComparison.Ordinal)..]}}

            static class Snippets
            {

            """);
        var number = 0;
        foreach (var block in MarkdownCode.CSharp("Client.Sdk/RealtimeApi.Client/README.md").Where(c => c != program))
            code.AppendLine($"static async Task Snippet{number++}(RealtimeApiClient client, ResourceClient<Order> orders, WebApplicationBuilder builder) {{ await Task.Yield();")
                .AppendLine(block)
                .AppendLine("}");
        DocumentCompiler.CheckLibrary(code.AppendLine("}").ToString());
    }

    private static string Block(string document, string having) => MarkdownCode.CSharp(document).Single(c => c.Contains(having, StringComparison.Ordinal));

    /// <summary>The next line but those that show the first row, which was changed several times.</summary>
    private static async Task<string?> LineAfterAsync(Process program, string skipped)
    {
        while (true)
        {
            var line = await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
            if (line?.Contains(skipped, StringComparison.Ordinal) != true)
                return line;
        }
    }

    private static Process Start(string program)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "RealtimeApi.Integration");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", beside + ".runtimeconfig.json", "--depsfile", beside + ".deps.json", program])
        {
            RedirectStandardOutput = true,
        })!;
    }
}
