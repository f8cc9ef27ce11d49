using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Nodes;

/// <summary>One host, again and again the same: its process is killed, frozen, and started anew at the same port.</summary>
/// <remarks>Whoever does something to it holds <see cref="Gate"/>.</remarks>
internal sealed class Node(int number, string[] arguments, IReadOnlyDictionary<string, string> environment) : IAsyncDisposable
{
    private readonly List<HostProcess> before = [];
    private readonly int port = LoopbackPort.Find();
    private HostProcess? host;

    public int Number { get; } = number;

    public Uri Address => new($"http://127.0.0.1:{port}/");

    /// <summary>One disturbance at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The process that runs now, or did last.</summary>
    public HostProcess Process => host!;

    /// <summary>The most memory that any of its processes held at the end of its life, in bytes.</summary>
    public long LargestWorkingSet { get; private set; }

    /// <summary>What its processes wrote.</summary>
    public IEnumerable<string> Lines => before.Append(host).OfType<HostProcess>().SelectMany(process => (process.Output + process.Errors).Split('\n')).Select(line => $"[{Number}] {line}");

    public async Task StartAsync()
    {
        if (host is not null)
            before.Add(host);
        host = await HostProcess.StartAsync(null, port, environment, arguments);
    }

    public async Task KillAsync()
    {
        Measure();
        await Process.KillAsync();
    }

    public async Task<int> StopAsync()
    {
        Measure();
        return await Process.StopAsync();
    }

    /// <summary>The memory that it holds now, in bytes.</summary>
    public long Measure()
    {
        if (Process.HasExited)
            return 0;
        using var process = System.Diagnostics.Process.GetProcessById(Process.Id);
        var size = process.WorkingSet64;
        LargestWorkingSet = Math.Max(LargestWorkingSet, size);
        return size;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in before.Append(host).OfType<HostProcess>())
            await process.DisposeAsync();
        Gate.Dispose();
    }
}
