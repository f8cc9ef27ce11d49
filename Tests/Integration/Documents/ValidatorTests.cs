using System.Diagnostics;
using System.Runtime.CompilerServices;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>The documents, as the real host serves them, pass the validators that are public.</summary>
public sealed class ValidatorTests : IDisposable
{
    private static readonly string validators = Path.GetFullPath(Path.Combine(Here(), "..", "..", "Documents"));

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("realtimeapi-documents-");

    public static TheoryData<string, string?, bool> Hosts => new()
    {
        { "demo shop", null, false },
        { "music shop, writable", Databases.MusicShop, true },
        { "every type, writable", Databases.EveryType, true },
        { "awkward names, writable", Databases.AwkwardNames, true },
        { "empty", "", false },
    };

    public void Dispose() => directory.Delete(recursive: true);

    [Theory, MemberData(nameof(Hosts))]
    public async Task Documents_Validated_NothingIsWrong(string name, string? sql, bool writable)
    {
        var installed = Directory.Exists(Path.Combine(validators, "node_modules", "@redocly", "cli")) && Directory.Exists(Path.Combine(validators, "node_modules", "@asyncapi", "parser"));
        const string Missing = "This test needs Node.js and the validators' packages: npm --prefix Tests/Documents ci.";
        Requirements.SkipUnless(installed, Missing);
        using var database = sql is null ? null : new TempDatabase(sql);
        string[] arguments = database is null ? [] :
            [$"--RealtimeApi:Database:ConnectionString=Data Source={database.File}", $"--RealtimeApi:Resources:*:Watch=true", $"--RealtimeApi:Resources:*:Write={writable}"];
        await using var host = await HostProcess.StartAsync(directory.FullName, 0, arguments);

        var openApi = await SaveAsync(host, "openapi");
        var asyncApi = await SaveAsync(host, "asyncapi");

        await RunAsync(name, Path.Combine("node_modules", "@redocly", "cli", "bin", "cli.js"), "lint", "--config", "redocly.yaml", openApi);
        await RunAsync(name, "asyncapi.js", asyncApi);
    }

    private async Task<string> SaveAsync(HostProcess host, string document)
    {
        using var client = new HttpClient();
        var file = Path.Combine(directory.FullName, document + ".json");
        await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync(new Uri(host.Address, $"{document}/v1.json"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return file;
    }

    private static async Task RunAsync(string name, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = validators,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Nothing leaves this machine.
            Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true", ["NO_COLOR"] = "1" },
        })!;
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, $"{name}: {string.Join(' ', arguments)} ended with {node.ExitCode}.{Environment.NewLine}{output}{await errors}");
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
