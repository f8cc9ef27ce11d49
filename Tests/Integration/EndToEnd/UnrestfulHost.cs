using System.Diagnostics;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>The host as a process behind a proxy, and all that can happen to them.</summary>
internal sealed class UnrestfulHost : IAsyncDisposable
{
    private readonly string[] arguments;
    private readonly int[] ports;
    private readonly List<HostProcess> before = [];
    private readonly CuttableProxy proxy;
    private HostProcess host;
    private int restarts;

    private UnrestfulHost(HostProcess host, string[] arguments)
    {
        this.host = host;
        this.arguments = arguments;
        ports = [host.Address.Port, LoopbackPort.Find()];
        proxy = new(host.Address);
    }

    /// <summary>Where the host is, whatever happens on the way.</summary>
    public Uri Address => host.Address;

    /// <summary>Where connections are cut.</summary>
    public Uri ProxyAddress => proxy.Address;

    public int Cuts { get; private set; }

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    public int Replacements { get; private set; }

    public TimeSpan LongestStop { get; private set; }

    /// <summary>What the host's processes complained of.</summary>
    public string Complaints => string.Join('\n', before.Append(host).SelectMany(process => (process.Output + process.Errors).Split('\n')).Where(IsComplaint));

    public static async Task<UnrestfulHost> StartAsync(params string[] arguments) => new(await HostProcess.StartAsync(null, LoopbackPort.Find(), arguments), arguments);

    /// <summary>Cuts and restarts until stopped.</summary>
    public async Task DisturbAsync(Random random, CancellationToken stop)
    {
        restarts = random.Next(3);
        while (await PauseAsync(random, 2000, stop))
        {
            switch (random.Next(8))
            {
                case < 5:
                    proxy.Cut();
                    Cuts++;
                    break;
                case 5:
                    proxy.Refuse();
                    await PauseAsync(random, 500, stop);
                    proxy.Restore();
                    Cuts++;
                    break;
                default:
                    await RestartAsync();
                    break;
            }
        }

        // At least one of each, however short the run.
        while (Kills == 0 || Stops == 0)
            await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        foreach (var process in before.Append(host))
            await process.DisposeAsync();
    }

    /// <summary>In turns without a word, in order, and by another that takes over while both run.</summary>
    private async Task RestartAsync()
    {
        switch (restarts++ % 3)
        {
            case 0:
                await host.KillAsync();
                await StartAgainAsync(host.Address.Port);
                Kills++;
                break;
            case 1:
                var started = Stopwatch.GetTimestamp();
                await host.StopAsync();
                LongestStop = new[] { LongestStop, Stopwatch.GetElapsedTime(started) }.Max();
                await StartAgainAsync(host.Address.Port);
                Stops++;
                break;
            default:
                var old = host;
                await StartAgainAsync(host.Address.Port == ports[0] ? ports[1] : ports[0]);
                proxy.Redirect(host.Address);
                await old.KillAsync();
                Replacements++;
                break;
        }
    }

    private async Task StartAgainAsync(int port)
    {
        before.Add(host);
        host = await HostProcess.StartAsync(null, port, arguments);
    }

    private static async Task<bool> PauseAsync(Random random, int longest, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(longest)), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }

    private static bool IsComplaint(string line) =>
        line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal) || line.StartsWith("warn:", StringComparison.Ordinal)
        || line.Contains("Exception", StringComparison.Ordinal) || line.Contains("cursor-expired", StringComparison.Ordinal);
}
