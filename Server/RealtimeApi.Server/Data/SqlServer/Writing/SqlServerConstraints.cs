using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What of a table can refuse a write, by the names that errors have for it. Immutable.</summary>
/// <param name="Columns">The columns as they are called, by what errors call them.</param>
/// <param name="Unique">The columns of unique indexes, those of constraints included, in the order of the index.</param>
/// <param name="ForeignKeys">The foreign keys by which the table's rows refer to others, or others to them.</param>
/// <param name="Checks">The checks, and whether their author named them.</param>
internal sealed record SqlServerConstraints(
    ILookup<string, string> Columns, ILookup<string, string> Unique, ILookup<string, SqlServerConstraints.Reference> ForeignKeys, IReadOnlyDictionary<string, bool> Checks)
{
    /// <summary>None is known.</summary>
    public static readonly SqlServerConstraints Unknown = new(
        NoNames.ToLookup(static name => name), NoNames.ToLookup(static name => name), NoNames.ToLookup(static name => name, static _ => default(Reference)), new Dictionary<string, bool>());

    private static string[] NoNames => [];

    /// <summary>Reads them for the table <c>@table</c> of <c>@schema</c>.</summary>
    /// <remarks>The names of columns come from INFORMATION_SCHEMA, as the resource has them; those in messages are those of <c>sys</c>. See <see cref="SqlServerCatalog"/>.</remarks>
    public static string Sql(SqlServerEngine engine) => $"""
        SELECT CAST(c.name AS nvarchar(128)) AS Name, CAST(i.COLUMN_NAME AS nvarchar(128)) AS Real, c.column_id AS Id
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.columns AS c ON c.object_id = o.object_id
        JOIN INFORMATION_SCHEMA.COLUMNS AS i ON i.TABLE_SCHEMA = s.name AND i.TABLE_NAME = o.name AND {engine.IsSameColumn}
        WHERE s.name = @schema AND o.name = @table;

        SELECT CAST(i.name AS nvarchar(128)) AS Name, k.column_id AS Id
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.indexes AS i ON i.object_id = o.object_id
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        WHERE s.name = @schema AND o.name = @table AND i.is_unique = 1 AND k.key_ordinal > 0
        ORDER BY i.index_id, k.key_ordinal;

        SELECT CAST(f.name AS nvarchar(128)) AS Name,
            CASE WHEN f.parent_object_id = o.object_id THEN k.parent_column_id END AS Refers,
            CASE WHEN f.referenced_object_id = o.object_id THEN k.referenced_column_id END AS Referred
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.foreign_keys AS f ON f.parent_object_id = o.object_id OR f.referenced_object_id = o.object_id
        JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
        WHERE s.name = @schema AND o.name = @table
        ORDER BY f.object_id, k.constraint_column_id;

        SELECT CAST(k.name AS nvarchar(128)) AS Name, CASE WHEN {engine.IsNamedByItsAuthor} THEN 1 ELSE 0 END AS IsNamed
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.check_constraints AS k ON k.parent_object_id = o.object_id
        WHERE s.name = @schema AND o.name = @table;
        """;

    public static async ValueTask<SqlServerConstraints> ReadAsync(SqlConnection connection, SqlServerEngine engine, ResourceDefinition resource, CancellationToken cancellationToken)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            Sql(engine), new { schema = SqlServerName.SchemaOf(resource.Table), table = resource.Table.Name }, cancellationToken: cancellationToken));
        return Of(
            [.. await results.ReadAsync<(string, string, int)>()],
            [.. await results.ReadAsync<(string, int)>()],
            [.. await results.ReadAsync<(string, int?, int?)>()],
            [.. await results.ReadAsync<(string, int)>()]);
    }

    /// <summary>What was read. A column that the login may not see is one without a name, and so none of the resource's.</summary>
    internal static SqlServerConstraints Of(
        IReadOnlyList<(string Name, string Real, int Id)> columns,
        IReadOnlyList<(string Name, int Id)> unique,
        IReadOnlyList<(string Name, int? Refers, int? Referred)> foreignKeys,
        IReadOnlyList<(string Name, int IsNamed)> checks)
    {
        var names = columns.ToDictionary(static column => column.Id, static column => column.Real);
        return new(
            columns.ToLookup(static column => column.Name, static column => column.Real),
            unique.ToLookup(static part => part.Name, part => names.GetValueOrDefault(part.Id, "")),
            foreignKeys.ToLookup(static part => part.Name, part => new Reference(NameOf(part.Refers), NameOf(part.Referred))),
            checks.ToDictionary(static check => check.Name, static check => check.IsNamed != 0));

        string? NameOf(int? id) => id is { } number ? names.GetValueOrDefault(number, "") : null;
    }

    /// <summary>One part of a foreign key.</summary>
    /// <param name="Refers">The column that refers to another table; null where that is no column of this one.</param>
    /// <param name="Referred">The column that is referred to; null where that is no column of this table.</param>
    internal readonly record struct Reference(string? Refers, string? Referred);
}
