namespace RealtimeApi.Server.Resources;

/// <summary>A resource as it stands: its table, columns, key and options.</summary>
/// <remarks>Immutable; a change of the schema or the configuration makes a new one.</remarks>
internal sealed record ResourceDefinition
{
    public required string Name { get; init; }

    public required TableName Table { get; init; }

    public bool IsView { get; init; }

    /// <summary>Every column that is projected, hidden ones that are needed included, in the database's order.</summary>
    public required IReadOnlyList<ColumnDefinition> Columns
    {
        get;
        init
        {
            field = value;
            ChangesUnseen = value.Any(static column => column.ChangesUnseen);
        }
    }

    /// <summary>Whether that may happen to one of them which <see cref="ColumnDefinition.ChangesUnseen"/> tells of.</summary>
    public bool ChangesUnseen { get; private init; }

    /// <summary>The columns of the key, in the key's order. At least one.</summary>
    public required IReadOnlyList<ColumnDefinition> Key { get; init; }

    public bool Watchable { get; init; }

    public bool Writable { get; init; }

    /// <summary>Whether those who watch the same may send each other messages.</summary>
    public bool Messages { get; init; }

    /// <summary>Whether those who watch the same item are told of each other.</summary>
    public bool Presence { get; init; }

    /// <summary>Items of a page where the client names no number.</summary>
    /// <value>Default: 100.</value>
    public int DefaultTop { get; init; } = 100;

    /// <summary>The largest page.</summary>
    /// <value>Default: 1,000.</value>
    public int MaxTop { get; init; } = 1000;

    /// <summary>A hash of everything that shapes an item; a new one means that old images and ETags no longer fit.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The column of this wire name, or null; case does not matter.</summary>
    public ColumnDefinition? FindColumn(string name)
    {
        foreach (var column in Columns)
            if (!column.Hidden && string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
                return column;
        return null;
    }

    /// <summary>Whether another look at the database found the same resource.</summary>
    public bool IsSameAs(ResourceDefinition other) =>
        (this with { Columns = other.Columns, Key = other.Key }) == other && Columns.SequenceEqual(other.Columns) && Key.SequenceEqual(other.Key);
}
