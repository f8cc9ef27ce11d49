using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A real Redis Sentinel as a process of its own, which watches the service <see cref="Service"/> and takes a master for dead that is silent for two seconds.</summary>
/// <remarks>Disposing kills it.</remarks>
public sealed class RedisSentinel : IAsyncDisposable
{
    public const string Service = "shop";

    /// <summary>The reason to skip a test where there is none.</summary>
    public const string Missing = "redis-server, which is Sentinel, too, is not installed (Debian: apt-get install redis-server).";

    private const string Program = "redis-server";

    private readonly string file = Path.Combine(Path.GetTempPath(), $"sentinel-{Guid.NewGuid():N}.conf");
    private Process? process;

    private RedisSentinel() => Port = LoopbackPort.Find();

    /// <summary>Whether there is one.</summary>
    public static bool IsInstalled { get; } = RedisServer.CanRun(Program);

    public int Port { get; }

    /// <summary>One that does not run yet, but has its port, and what it has to know.</summary>
    /// <param name="master">The present master.</param>
    /// <param name="quorum">How many must find it dead.</param>
    /// <param name="password">What a client of Redis must know. Default: nothing.</param>
    public static async Task<RedisSentinel> CreateAsync(RedisServer master, int quorum = 1, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(master);
        var sentinel = new RedisSentinel();
        // It writes what it learns into its file, and finds it there when it is started again.
        await File.WriteAllTextAsync(sentinel.file, string.Create(CultureInfo.InvariantCulture, $"""
            port {sentinel.Port}
            bind 127.0.0.1
            dir {Path.GetTempPath()}
            sentinel monitor {Service} 127.0.0.1 {master.Port} {quorum}
            sentinel down-after-milliseconds {Service} 2000
            sentinel failover-timeout {Service} 6000
            {(password is null ? "" : $"sentinel auth-pass {Service} {password}")}

            """));
        return sentinel;
    }

    /// <summary>Starts it, or starts it again.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo(Program, [file, "--sentinel"]) { RedirectStandardOutput = true };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("+monitor", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.Start();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(Until.Patience);
    }

    /// <summary>Sends one command.</summary>
    /// <param name="words">The command and its arguments.</param>
    /// <returns>The first line of the answer.</returns>
    public Task<string?> CommandAsync(params string[] words) => RedisConversation.SendAsync(Port, words);

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        process.Dispose();
        process = null;
    }

    /// <summary>Stops it in the middle of what it is doing: its connections stay open, and nothing is answered.</summary>
    public Task PauseAsync() => Signal.SendAsync(process!.Id, "-STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => Signal.SendAsync(process!.Id, "-CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        File.Delete(file);
    }
}
