namespace RealtimeApi.Server.Watching;

/// <summary>The next events of a watch. Immutable; watches of one scope at the same position share one, and with it its encoded bytes.</summary>
internal sealed class WatchBatch
{
    /// <summary>The <see cref="Cursor"/> of this watch's batch before; null while the initial items are sent.</summary>
    public required string? From { get; init; }

    /// <summary>Where the watch stands after these events; null while the initial items are sent.</summary>
    public required string? Cursor { get; init; }

    /// <summary>The events in order; empty for a bookmark.</summary>
    public required IReadOnlyList<WatchEvent> Events { get; init; }

    /// <summary>Counts the batches of the initial items from 1; null afterwards.</summary>
    public int? Part { get; init; }

    /// <summary>Ends the initial items.</summary>
    public bool Synced { get; init; }

    /// <summary>Whether the watch has more to read at once.</summary>
    public bool HasMore { get; init; }

    /// <summary>The batch as the protocol's JSON object, made once: <c>{"from":…,"cursor":…,"changes":[…]}</c>.</summary>
    public ReadOnlyMemory<byte> Json => throw new NotImplementedException();

    /// <summary>The same map as MessagePack, made on first use.</summary>
    public ReadOnlyMemory<byte> MessagePack => throw new NotImplementedException();
}
