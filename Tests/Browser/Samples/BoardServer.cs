using System.Diagnostics;
using System.Runtime.CompilerServices;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>The sample of a shared board, as its README starts it, on a database of its own.</summary>
internal sealed class BoardServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource<Uri> running = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BoardServer(string database, int port)
    {
        var start = new ProcessStartInfo("dotnet", [Program(), "--urls", $"http://127.0.0.1:{port}", $"--RealtimeApi:Database:ConnectionString=Data Source={database}"])
        {
            RedirectStandardOutput = true,
        };
        process = new() { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Split("The board is at ") is [_, var address])
                running.TrySetResult(new(address));
        };
        process.Exited += (_, _) => running.TrySetException(new InvalidOperationException("The sample ended."));
        process.Start();
        process.BeginOutputReadLine();
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it; the test is skipped where its packages are not installed.</summary>
    /// <param name="database">The SQLite file, which it makes where there is none.</param>
    /// <param name="port">The port, so that a server can be started again where its pages look for it. Default: a free one.</param>
    public static async Task<BoardServer> StartAsync(string database, int port = 0)
    {
        Requirements.SkipUnless(
            File.Exists(Path.Combine(Path.GetDirectoryName(Program())!, "wwwroot", "signalr.js")),
            "This test needs Node.js and the sample's packages before it is built: npm --prefix Samples/Collaboration ci.");
        var server = new BoardServer(database, port);
        try
        {
            server.Address = await server.running.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string Program([CallerFilePath] string thisFile = "")
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(thisFile)!, "..", "..", "..", "Samples", "Collaboration", "bin", framework.Parent!.Name, framework.Name, "Collaboration.dll"));
    }
}
