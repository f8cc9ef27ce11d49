using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Two hosts on one database, each a process that can be stopped and started again where it was.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    /// <summary>The reason to skip a test that has them stopped.</summary>
    public const string NoSignals = "Windows has no signal that asks a process to stop.";

    private readonly HostProcess[] hosts = new HostProcess[2];
    private readonly int[] ports = [LoopbackPort.Find(), LoopbackPort.Find()];
    private readonly string[] arguments;

    private TwoHosts(string[] arguments) => this.arguments = arguments;

    public IReadOnlyList<int> Ports => ports;

    public IReadOnlyList<Uri> Addresses => [.. hosts.Select(static host => host.Address)];

    /// <summary>Starts both, with every table a resource that can be written.</summary>
    /// <param name="database">The SQLite file.</param>
    /// <param name="settings">Further arguments of their command lines.</param>
    public static async Task<TwoHosts> StartAsync(string database, params IEnumerable<string> settings)
    {
        var both = new TwoHosts(["--database", database, "--RealtimeApi:Resources:*:Write=true", .. settings]);
        try
        {
            await both.StartAsync(0);
            await both.StartAsync(1);
            return both;
        }
        catch
        {
            await both.DisposeAsync();
            throw;
        }
    }

    /// <summary>Restarts one after the other, some times: stops it, starts it, waits until it is ready. Each must end well and without an error.</summary>
    public async Task RestartInTurnAsync(int times)
    {
        for (var turn = 0; turn < hosts.Length * times; turn++)
        {
            var host = hosts[turn % hosts.Length];
            Assert.Equal(0, await host.StopAsync());
            Assert.Empty(host.Errors);
            await host.DisposeAsync();
            await StartAsync(turn % hosts.Length);
        }
    }

    /// <summary>Ends the first one without a word.</summary>
    public Task KillFirstAsync() => hosts[0].KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.OfType<HostProcess>())
            await host.DisposeAsync();
    }

    private async Task StartAsync(int which)
    {
        hosts[which] = await HostProcess.StartAsync(null, ports[which], arguments);
        using var client = new HttpClient();
        await Until.TrueAsync(async () =>
        {
            using var ready = await client.GetAsync(new Uri(hosts[which].Address, "health/ready"));
            return ready.IsSuccessStatusCode;
        });
    }
}
