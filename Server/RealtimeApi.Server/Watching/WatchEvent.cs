using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>One event of a scope, encoded once and shared by every watch and transport.</summary>
/// <remarks>Immutable; the MessagePack form is made on first use, and made twice at worst.</remarks>
internal sealed class WatchEvent
{
    /// <summary>About what an event takes in memory beside its JSON.</summary>
    private const int Overhead = 320;

    private byte[]? messagePack;

    /// <summary>The change's cursor; for an initial item an id that is not a cursor.</summary>
    public required string Id { get; init; }

    /// <summary>E.g. <c>orders.updated</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The whole event as JSON, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Where the change stands in the log; the default for an initial item.</summary>
    public LogPoint Point { get; init; }

    /// <summary>The same event as MessagePack.</summary>
    public ReadOnlyMemory<byte> MessagePack => messagePack ??= MessagePackTranscoder.FromJson(Json.Span);

    public int Size => Overhead + Json.Length;
}
