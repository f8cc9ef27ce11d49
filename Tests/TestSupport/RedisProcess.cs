using System.Diagnostics;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>What speaks Redis' protocol as a process of its own, on a loopback port that stays the same when it is started again.</summary>
/// <remarks>Disposing kills it.</remarks>
public abstract class RedisProcess : IAsyncDisposable
{
    private Process? process;

    public int Port { get; } = LoopbackPort.Find();

    /// <summary>What it writes once it takes connections.</summary>
    protected abstract string ReadyWords { get; }

    /// <summary>Starts it, or starts it again, and waits until it says that it is ready.</summary>
    public async Task RunAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Describe();
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = Path.GetTempPath();
        process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains(ReadyWords, StringComparison.OrdinalIgnoreCase) == true)
                ready.TrySetResult();
        };
        process.Start();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(Until.Patience);
    }

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

    /// <summary>Sends one command.</summary>
    /// <param name="words">The command and its arguments.</param>
    /// <returns>The first line of the answer.</returns>
    public Task<string?> CommandAsync(params string[] words) => RedisConversation.SendAsync(Port, words);

    public virtual async ValueTask DisposeAsync()
    {
        await KillAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What to start.</summary>
    protected abstract ProcessStartInfo Describe();
}
