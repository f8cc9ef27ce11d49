using System.Runtime.CompilerServices;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>The items that a watch covers and the fields of them it is sent: a request, checked once. Immutable.</summary>
/// <remarks>PROTOCOL, Watching.</remarks>
internal sealed class WatchView
{
    /// <summary>What a view costs at least with every change that is judged for it: twice the search for it, and its place among those that are told.</summary>
    public const int LeastCost = 4;

    /// <summary>An event that no view of other fields can share, one or two microseconds.</summary>
    private const int EventCost = 40;

    /// <summary>One selection for all the views that send every field: there may be 100,000 of them.</summary>
    private static readonly ConditionalWeakTable<ResourceDefinition, FieldSelection> AllFields = new();

    private WatchView(ResourceDefinition resource, ItemKey? key, FilterNode? filter, FieldSelection select, string rights)
    {
        Resource = resource;
        Key = key;
        Filter = filter;
        Select = select;
        Rights = rights;
        Text = $"{(key is null ? filter is null ? "" : "f" + filter : "k" + key.Identity)}\0{select}\0{rights}";
        IsIndexed = key is not null || filter?.Equality is not null;
        Cost = LeastCost + (filter?.Cost ?? 0) + (select.IsAll ? 0 : EventCost);
        ComparesFields = !select.IsAll || resource.Columns.Any(static c => c.Hidden);
    }

    public ResourceDefinition Resource { get; }

    /// <summary>The one item that is watched; null for all.</summary>
    public ItemKey? Key { get; }

    public FilterNode? Filter { get; }

    public FieldSelection Select { get; }

    /// <summary>The fingerprint of the row rules in force for the caller; empty without any.</summary>
    public string Rights { get; }

    /// <summary>What equal views of one resource share.</summary>
    public string Text { get; }

    /// <summary>About what a change costs that is judged for this view, as in <see cref="FilterNode.Cost"/>.</summary>
    public int Cost { get; }

    /// <summary>Whether it is found by hash: only the changes of one key or one value are judged for it.</summary>
    public bool IsIndexed { get; }

    /// <summary>Whether a row may change without changing any of the fields that are sent.</summary>
    private bool ComparesFields { get; }

    /// <summary>Reads a request against the resources there are.</summary>
    /// <exception cref="ProblemException"><c>unknown-resource</c>, <c>not-watchable</c>, <c>invalid-query</c>.</exception>
    public static WatchView Parse(WatchRequest request, ResourceCatalog catalog)
    {
        var resource = FindWatchable(request.Resource, catalog);
        if (request.Key is not null && request.Filter is not null)
            throw Invalid("Give a key or a filter, not both: a key already names the one item.");
        if (request.Initial && request.Since is not null)
            throw Invalid("Give 'since' or 'initial', not both: a watch either resumes or starts from the current items.");

        ItemKey? key = null;
        if (request.Key is { } text)
        {
            key = ItemKey.Parse(resource, text) ?? throw Invalid($"'{text}' cannot be a key of '{resource.Name}'.");
            if (resource.Key.FirstOrDefault(static c => c is { Type: FieldType.String or FieldType.Any, TextRules: null }) is { } column)
                throw Invalid($"An item of '{resource.Name}' can be read but not watched by its key, because the database's way of comparing '{column.Name}' cannot be reproduced exactly.");
        }

        FilterNode? filter = null;
        if (request.Filter is { } condition)
        {
            filter = QueryParser.ParseFilter(resource, condition);
            if (!filter.IsExact)
                throw Invalid($"The filter '{condition}' can be read but not watched, because the database's way of comparing its text cannot be reproduced exactly.");
        }

        var select = request.Select is { } fields ? QueryParser.ParseSelect(resource, fields) : AllFields.GetValue(resource, FieldSelection.All);
        return new(resource, key, filter, select, rights: "");
    }

    /// <summary>The resource of this name, which can be watched.</summary>
    /// <exception cref="ProblemException"><c>unknown-resource</c>, <c>not-watchable</c>.</exception>
    public static ResourceDefinition FindWatchable(string? name, ResourceCatalog catalog)
    {
        if (string.IsNullOrEmpty(name))
            throw new ProblemException(ProblemCodes.UnknownResource, "The name of a resource is missing.");
        var resource = catalog.Find(name) ?? throw new ProblemException(ProblemCodes.UnknownResource, $"There is no resource '{name}'.");
        return resource.Watchable
            ? resource
            : throw new ProblemException(ProblemCodes.NotWatchable, $"The resource '{resource.Name}' can be read but not watched.");
    }

    /// <summary>What a change means for this view; null when it does not show in it.</summary>
    public ViewChange? Judge(Change change)
    {
        var before = change.Before is { } old && Covers(old);
        var after = change.After is { } present && Covers(present);
        return (before, after) switch
        {
            (false, true) => ViewChange.Added,
            (true, false) => ViewChange.Removed,
            (true, true) when !ComparesFields || !EventWriter.LooksSame(change.Before!, change.After!, Select) => ViewChange.Modified,
            _ => null,
        };
    }

    private bool Covers(Item item) => Key is null ? Filter?.Matches(item.Values) ?? true : Key.Equals(item.Key);

    private static ProblemException Invalid(string detail) => new(ProblemCodes.InvalidQuery, detail);
}
