using Dapper;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What the system's own views say of tables, columns and indexes, read in one round trip.</summary>
/// <remarks>
/// Names come from INFORMATION_SCHEMA, since the views of <c>sys</c> have them in lower case on Babelfish; and as <c>nvarchar</c>, since it sends some of them in a code page
/// that has no letters but Latin ones.
/// </remarks>
internal sealed record SqlServerCatalog(IReadOnlyList<SqlServerCatalog.Table> Tables, ILookup<int, SqlServerCatalog.Column> Columns, ILookup<int, SqlServerCatalog.IndexColumn> Indexes)
{
    // History tables of temporal ones, external tables and graph tables are no tables that one writes to as to any other.
    public static string Sql(SqlServerEngine engine) => $"""
        SELECT CAST(i.TABLE_SCHEMA AS nvarchar(128)) AS [Schema], CAST(i.TABLE_NAME AS nvarchar(128)) AS Name, o.object_id AS Id, CASE WHEN o.type = 'V' THEN 1 ELSE 0 END AS IsView,
            CAST(COALESCE(t.is_memory_optimized, 0) AS int) AS InMemory
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN INFORMATION_SCHEMA.TABLES AS i ON i.TABLE_SCHEMA = s.name AND i.TABLE_NAME = o.name
        LEFT JOIN sys.tables AS t ON t.object_id = o.object_id
        WHERE o.is_ms_shipped = 0 AND COALESCE(t.temporal_type, 0) <> 1 AND COALESCE(t.is_external, 0) = 0;

        SELECT
            c.object_id AS TableId, c.column_id AS Id, CAST(i.COLUMN_NAME AS nvarchar(128)) AS Name, i.DATA_TYPE AS TypeName,
            CAST(i.CHARACTER_MAXIMUM_LENGTH AS int) AS Length, CAST(i.NUMERIC_PRECISION AS int) AS Precision, CAST(i.NUMERIC_SCALE AS int) AS Scale,
            CAST(i.DATETIME_PRECISION AS int) AS Fraction, i.COLLATION_NAME AS Collation, CAST(COLLATIONPROPERTY(i.COLLATION_NAME, 'CodePage') AS int) AS CodePage,
            CASE WHEN i.IS_NULLABLE = 'NO' THEN 0 ELSE 1 END AS IsNullable, i.COLUMN_DEFAULT AS DefaultSql, c.default_object_id AS DefaultId,
            CAST(c.is_identity AS int) AS IsIdentity, CAST(c.is_computed AS int) AS IsComputed, CAST(COALESCE(p.is_persisted, 0) AS int) AS IsStored, CAST(c.generated_always_type AS int) AS Generated
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.columns AS c ON c.object_id = o.object_id
        JOIN INFORMATION_SCHEMA.COLUMNS AS i ON i.TABLE_SCHEMA = s.name AND i.TABLE_NAME = o.name AND {engine.IsSameColumn}
        LEFT JOIN sys.computed_columns AS p ON p.object_id = c.object_id AND p.column_id = c.column_id
        WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        ORDER BY c.object_id, c.column_id;

        SELECT i.object_id AS TableId, i.index_id AS Id, CAST(i.is_primary_key AS int) AS IsPrimaryKey, k.column_id AS ColumnId
        FROM sys.indexes AS i
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0 AND k.key_ordinal > 0
        ORDER BY i.object_id, i.index_id, k.key_ordinal;
        """;

    public static async Task<SqlServerCatalog> ReadAsync(SqlConnection connection, SqlServerEngine engine, CancellationToken cancellationToken)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql(engine), cancellationToken: cancellationToken));
        var tables = await results.ReadAsync<Table>();
        var columns = await results.ReadAsync<Column>();
        var indexes = await results.ReadAsync<IndexColumn>();
        return new([.. tables], columns.ToLookup(column => column.TableId), indexes.ToLookup(index => index.TableId));
    }

    /// <summary>A table or view.</summary>
    internal sealed record Table
    {
        public required string Schema { get; init; }

        public required string Name { get; init; }

        public required int Id { get; init; }

        public required int IsView { get; init; }

        public int InMemory { get; init; }
    }

    /// <summary>A column of one of them.</summary>
    internal sealed record Column
    {
        public required int TableId { get; init; }

        public required int Id { get; init; }

        public required string Name { get; init; }

        public required string TypeName { get; init; }

        public int? Length { get; init; }

        public int? Precision { get; init; }

        public int? Scale { get; init; }

        public int? Fraction { get; init; }

        public string? Collation { get; init; }

        public int? CodePage { get; init; }

        public required int IsNullable { get; init; }

        public string? DefaultSql { get; init; }

        public required int DefaultId { get; init; }

        public required int IsIdentity { get; init; }

        public required int IsComputed { get; init; }

        public required int IsStored { get; init; }

        public int? Generated { get; init; }
    }

    /// <summary>A column of a unique index.</summary>
    internal sealed record IndexColumn
    {
        public required int TableId { get; init; }

        public required int Id { get; init; }

        public required int IsPrimaryKey { get; init; }

        public required int ColumnId { get; init; }
    }
}
