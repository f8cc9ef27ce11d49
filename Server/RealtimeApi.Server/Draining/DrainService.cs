using Microsoft.Extensions.Hosting;

namespace RealtimeApi.Server.Draining;

/// <summary>Has the host drain before anything of it stops, however it is told to stop.</summary>
/// <remarks>
/// A host that is stopped by its own call asks its services first. One that is told by a signal, or by <see cref="IHostApplicationLifetime.StopApplication"/>, tells everyone who listens that it
/// stops, and SignalR, which listens, then closes every connection without another word. So this one listens, too, and holds that up until the drain is over: who listens last is told first,
/// and this begins to listen when all is started.
/// </remarks>
internal sealed class DrainService(Drain drain, IHostApplicationLifetime lifetime) : IHostedLifecycleService, IDisposable
{
    private CancellationTokenRegistration listening;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        listening = lifetime.ApplicationStopping.Register(() => drain.RunAsync().GetAwaiter().GetResult());
        return Task.CompletedTask;
    }

    /// <summary>Drains, at once where the host has no time for it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await using var hurry = cancellationToken.UnsafeRegister(static drain => ((Drain)drain!).Hurry(), drain);
        await drain.RunAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => listening.Dispose();
}
