using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>The sample's own web server, at a free port.</summary>
internal sealed class SampleServer : IDisposable
{
    private readonly Process process;

    private SampleServer(Process process, string address)
    {
        this.process = process;
        Address = address;
    }

    /// <summary>E.g. <c>http://localhost:40123/</c>.</summary>
    public string Address { get; }

    /// <summary>Starts it; the test is skipped where it is not installed.</summary>
    public static async Task<SampleServer> StartAsync()
    {
        var directory = Path.Combine(RepositoryRoot(), "Samples", "BrowserSignalR");
        Requirements.SkipUnless(
            Directory.Exists(Path.Combine(directory, "node_modules", "@microsoft", "signalr")),
            "This test needs Node.js and the sample's packages: npm --prefix Samples/BrowserSignalR ci.");
        var process = Process.Start(new ProcessStartInfo("node", "server.js")
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            Environment = { ["PORT"] = "0" },
        })!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(process, line!.Split(' ')[^1]);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private static string RepositoryRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
