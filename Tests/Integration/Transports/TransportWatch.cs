using System.Text.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>A watch as its client sees it.</summary>
internal abstract class TransportWatch : IAsyncDisposable
{
    /// <summary>Where to resume: behind the events handed out last. Null while the first items come.</summary>
    public string? Cursor { get; protected set; }

    /// <summary>Whether the changes have begun.</summary>
    public bool Synced { get; protected set; }

    /// <summary>What comes next; empty for a bookmark.</summary>
    /// <exception cref="RefusedException">The watch has ended.</exception>
    public async Task<IReadOnlyList<JsonElement>> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Until.Patience);
        return await ReadAsync(patience.Token);
    }

    /// <summary>So many events and, of what came with them, no more.</summary>
    public async Task<List<JsonElement>> TakeAsync(int count)
    {
        List<JsonElement> events = [];
        while (events.Count < count)
            events.AddRange(await NextAsync());
        Assert.Equal(count, events.Count);
        return events;
    }

    /// <summary>The items that come first.</summary>
    public async Task<List<JsonElement>> TakeInitialAsync()
    {
        List<JsonElement> items = [];
        while (!Synced)
            items.AddRange(await NextAsync());
        return items;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<IReadOnlyList<JsonElement>> ReadAsync(CancellationToken cancellationToken);
}
