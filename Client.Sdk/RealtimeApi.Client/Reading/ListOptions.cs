namespace RealtimeApi.Client;

/// <summary>How a list is ordered and cut into pages. Immutable.</summary>
public sealed record ListOptions
{
    /// <summary>The order, as OData's <c>$orderby</c>: <c>total desc, name</c>. Names are those of the JSON fields, whatever their case.</summary>
    /// <value>Default: null, by key. The key always breaks ties.</value>
    public string? OrderBy { get; init; }

    /// <summary>The number of items in a page, from 1 to the resource's maximum (1,000 unless the server says otherwise).</summary>
    /// <value>Default: null, which is 100.</value>
    public int? Top { get; init; }

    /// <summary>Whether to count the matching items as well, see <see cref="ItemPage{T}.Count"/>.</summary>
    /// <value>Default: false.</value>
    public bool Count { get; init; }

    internal static ListOptions Default { get; } = new();
}
