using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Node;

/// <summary>A script beside this file, in Node.js, with the packages of its lock file; what it prints are lines of JSON.</summary>
internal sealed class NodeClient : IAsyncDisposable
{
    private const string Missing = "Node.js or the packages of Tests/Integration/Node are not installed (npm ci --prefix Tests/Integration/Node).";
    private readonly Process process;

    private NodeClient(Process process) => this.process = process;

    /// <summary>Starts a script; skips the test where it cannot run.</summary>
    public static NodeClient Start(string script, params string[] arguments)
    {
        Requirements.SkipUnless(Directory.Exists(Path.Combine(Here(), "node_modules", "eventsource")), Missing);
        try
        {
            return new(Process.Start(new ProcessStartInfo("node", [Path.Combine(Here(), script), .. arguments]) { RedirectStandardOutput = true })!);
        }
        catch (Win32Exception)
        {
            Requirements.SkipUnless(met: false, Missing);
            throw;
        }
    }

    public async Task<JsonElement> NextAsync()
    {
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(line ?? throw new EndOfStreamException("The script has ended.")).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
