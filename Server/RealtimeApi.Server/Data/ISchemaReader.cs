namespace RealtimeApi.Server.Data;

/// <summary>Discovers what a database holds.</summary>
internal interface ISchemaReader
{
    /// <summary>
    /// Every table and view except virtual, shadow, system and migration-history tables and the product's own; those without a primary key
    /// included, with an empty <see cref="TableSchema.Key"/>, so that a message can name them.
    /// </summary>
    Task<IReadOnlyList<TableSchema>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The column as configuration says that it holds dates or times, or null when the database knows no such form.</summary>
    ColumnSchema? Reinterpret(ColumnSchema column, string format) => null;
}
