namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A client that watches all orders and counts the changes that arrive.</summary>
internal interface IWatcher : IAsyncDisposable
{
    /// <summary>Changes received so far.</summary>
    long Received { get; }

    /// <summary>Completes when the watch has begun.</summary>
    Task StartAsync(int port);
}
