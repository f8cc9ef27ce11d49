using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>A table or view as discovered.</summary>
internal sealed record TableSchema
{
    public required TableName Table { get; init; }

    public bool IsView { get; init; }

    /// <summary>Whether it needs no schema beside its name, as every table where the database has no schemas.</summary>
    public bool IsInDefaultSchema { get; init; } = true;

    /// <summary>The columns in the table's order.</summary>
    public required IReadOnlyList<ColumnSchema> Columns { get; init; }

    /// <summary>The names of the primary key's columns, in the key's order; empty for a table without one, and for a view of which none is certain.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The column sets besides the key that the database keeps unique (rows with NULL in them excepted).</summary>
    public IReadOnlyList<IReadOnlyList<string>> UniqueKeys { get; init; } = [];

    /// <summary>Whether rows were seen whose key holds NULL, and which therefore are no items.</summary>
    public bool HasNullKeys { get; init; }
}
