using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>What a read found, without what is different each time it is sent (the cursor). Immutable.</summary>
internal sealed record Read
{
    public required ResourceDefinition Resource { get; init; }

    /// <summary>The item's key; null for a list.</summary>
    public ItemKey? Key { get; init; }

    /// <summary>The ETag of the content.</summary>
    public required string Tag { get; init; }

    /// <summary>The item's object, or a list's array; empty where it was too large to keep.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The log's newest point from before or in the transaction of the read; null where nothing is captured.</summary>
    public required LogPoint? Point { get; init; }

    /// <summary>See <see cref="ChangeMarks.Follow"/>.</summary>
    public int Epoch { get; init; }

    /// <summary>For a list: what was asked.</summary>
    public ListQuery? Query { get; init; }

    /// <summary>For a list's later pages: the first page's cursor.</summary>
    public string? FirstCursor { get; init; }

    /// <summary>For a list: the item after which the next page starts; null on the last page.</summary>
    public Item? Last { get; init; }

    /// <summary>For a list: the number of matching items where it was asked for.</summary>
    public long? Count { get; init; }
}
