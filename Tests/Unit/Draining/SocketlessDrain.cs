using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;

namespace RealtimeApi.Tests.Unit.Draining;

/// <summary>The drain of a host that does not listen anywhere, by a test's clock.</summary>
internal sealed class SocketlessDrain : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly OpenConnections connections;

    public SocketlessDrain(RealtimeApiOptions options, TimeProvider time)
    {
        connections = new(services.GetRequiredService<IMeterFactory>());
        Drain = new(Options.Create(options), new(new(time), connections, time), time, NullLogger<Drain>.Instance);
    }

    public Drain Drain { get; }

    public void Dispose()
    {
        Drain.Dispose();
        connections.Dispose();
        services.Dispose();
    }
}
