using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>What becomes of an item. Immutable.</summary>
internal sealed record ItemChange
{
    /// <summary>It stays as it is.</summary>
    public static readonly ItemChange None = new() { Kind = ItemChangeKind.None };

    /// <summary>It is deleted.</summary>
    public static readonly ItemChange Delete = new() { Kind = ItemChangeKind.Delete };

    public required ItemChangeKind Kind { get; init; }

    /// <summary>The columns that are given a value, each once. An insert leaves the others to the database.</summary>
    public IReadOnlyList<KeyValuePair<ColumnDefinition, FieldValue>> Values { get; init; } = [];

    /// <summary>For an update: the columns that are given what the database gives a new row (<see cref="ColumnDefinition.Default"/>).</summary>
    public IReadOnlyList<ColumnDefinition> Defaults { get; init; } = [];
}
