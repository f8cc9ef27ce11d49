namespace RealtimeApi.Server.Watching;

/// <summary>One event of a scope, encoded once and shared by every watch and transport.</summary>
internal sealed class WatchEvent
{
    /// <summary>The change's cursor; for an initial item an id that is not a cursor.</summary>
    public required string Id { get; init; }

    /// <summary>E.g. <c>orders.updated</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The whole event as JSON, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
}
