using System.Text.Json.Nodes;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>What a watch asks for, and what the test itself says that this means.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Filter">The filter, or null.</param>
/// <param name="Matches">Whether an item belongs to the view.</param>
internal sealed record View(string Resource, string? Filter, Func<JsonObject, bool> Matches)
{
    /// <summary>The fields of the resource's key.</summary>
    public IReadOnlyList<string> KeyFields { get; init; } = ["id"];

    /// <summary>The key of the one item, or null.</summary>
    public string? Key { get; init; }

    /// <summary>The fields, the key's among them; null for all.</summary>
    public string? Select { get; init; }

    /// <summary>The key's text, as the protocol makes it.</summary>
    public string KeyOf(JsonObject item) =>
        KeyFields.Count == 1 ? item[KeyFields[0]]!.ToString() : string.Join(',', KeyFields.Select(field => Uri.EscapeDataString(item[field]!.ToString())));

    public JsonObject Project(JsonObject item) => Select is null
        ? item
        : new(Select.Split(',').Select(field => KeyValuePair.Create(field, item[field]?.DeepClone())));

    public override string ToString() => $"{Resource}{(Key is null ? "" : $"/{Key}")}{(Filter is null ? "" : $"?$filter={Filter}")}{(Select is null ? "" : $" $select={Select}")}";
}
