using System.Text;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>The introduction of the reference.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Snippets_OfTheReference_Compile()
    {
        await using var server = await DescribedServer.StartAsync(database, static options => options.Resources["*"].Write = true);
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        var blocks = MarkdownCode.CSharpIn(document["info"]!["description"]!.GetValue<string>());

        var code = new StringBuilder("using RealtimeApi.Client; static class Snippets {");
        for (var number = 0; number < blocks.Count; number++)
        {
            // One that makes no client of its own goes on with the first one's.
            var parameter = blocks[number].Contains("var client", StringComparison.Ordinal) ? "" : "RealtimeApiClient client";
            code.AppendLine($"static async Task Snippet{number}({parameter}) {{ await Task.Yield();").AppendLine(blocks[number]).AppendLine("}");
        }

        DocumentCompiler.CheckLibrary(code.AppendLine("}").ToString());
        foreach (var what in (string[])["WatchAsync", "OpenLiveView", "PollAsync", "WatchTransport.", "UpdateAsync"])
            Assert.Contains(blocks, block => block.Contains(what, StringComparison.Ordinal));
    }
}
