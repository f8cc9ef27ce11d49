using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>A list request, parsed and checked once.</summary>
internal sealed record ListQuery
{
    public required ResourceDefinition Resource { get; init; }

    public FilterNode? Filter { get; init; }

    /// <summary>The full order: what the client asked for, then the key's columns that it did not name.</summary>
    public required IReadOnlyList<OrderTerm> OrderBy { get; init; }

    public required int Top { get; init; }

    /// <summary>
    /// About how many bytes the items of a page may take in memory: a page ends before <see cref="Top"/> where they take more. One larger item comes alone.
    /// </summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    public required FieldSelection Select { get; init; }

    public bool Count { get; init; }

    /// <summary>The last item of the page before, as values of the columns of <see cref="OrderBy"/>; null on the first page.</summary>
    public IReadOnlyList<FieldValue>? After { get; init; }
}
