using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Reads the shapes of the tables of resources.</summary>
internal static class SqlServerTableShapes
{
    /// <summary>The tables that are there, with their object ids.</summary>
    public static async ValueTask<IReadOnlyDictionary<ResourceDefinition, (int Id, SqlServerTableShape Shape)>> ReadAsync(
        SqlConnection connection, SqlTransaction? transaction, SqlServerEngine engine, IReadOnlyList<ResourceDefinition> resources, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<ResourceDefinition, (int, SqlServerTableShape)>();
        if (resources.Count == 0)
            return tables;
        var values = string.Join(
            ", ", resources.Select((resource, i) => string.Create(
                CultureInfo.InvariantCulture, $"({i}, {SqlServerName.Literal(SqlServerName.SchemaOf(resource.Table))}, {SqlServerName.Literal(resource.Table.Name)})")));
        var ids = await connection.RowsAsync(
            transaction,
            // Not by OBJECT_ID, which does not find every name that there may be on Babelfish.
            $"""
            SELECT v.n, o.object_id
            FROM (VALUES {values}) AS v(n, [schema], name)
            LEFT JOIN (sys.objects AS o INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id) ON s.name = v.[schema] AND o.name = v.name AND o.type = 'U'
            """,
            static reader => (Index: reader.GetInt32(0), Id: reader.IsDBNull(1) ? (int?)null : reader.GetInt32(1)),
            cancellationToken);
        if (!ids.Exists(static found => found.Id is not null))
            return tables;
        var list = string.Join(", ", ids.Where(static found => found.Id is not null).Select(static found => found.Id!.Value).Distinct());
        var columns = (await connection.RowsAsync(
            transaction,
            $"""
            SELECT c.object_id, CAST(i.COLUMN_NAME AS nvarchar(128)), c.is_computed, p.is_persisted
            FROM sys.objects AS o
            INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
            INNER JOIN sys.columns AS c ON c.object_id = o.object_id
            INNER JOIN INFORMATION_SCHEMA.COLUMNS AS i ON i.TABLE_SCHEMA = s.name AND i.TABLE_NAME = o.name AND {engine.IsSameColumn}
            LEFT JOIN sys.computed_columns AS p ON p.object_id = c.object_id AND p.column_id = c.column_id
            WHERE c.object_id IN ({list})
            """,
            static reader => (Table: reader.GetInt32(0), Name: reader.GetString(1), IsComputed: reader.GetBoolean(2), IsStored: reader.IsDBNull(3) || reader.GetBoolean(3)),
            cancellationToken)).ToLookup(static column => column.Table);
        var owners = engine.HasOwnershipChains ? await ReadOwnersAsync(connection, transaction, list, cancellationToken) : [];
        var followers = engine.RepeatsCascades ? await ReadFollowersAsync(connection, transaction, list, cancellationToken) : [];
        foreach (var (index, id) in ids)
        {
            if (id is not { } table)
                continue;
            var (owner, obstacle) = owners.GetValueOrDefault(table);
            tables[resources[index]] = (table, new()
            {
                Columns = columns[table].Select(static column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase),
                Computed = columns[table].Where(static column => column.IsComputed).Select(static column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase),
                ComputesOnRead = columns[table].Any(static column => !column.IsStored),
                IsToldTwice = followers.Contains(table),
                OtherOwner = owner,
                Obstacle = obstacle,
            });
        }

        return tables;
    }

    internal static string OwnersSql(string list) => $"""
        SELECT t.object_id, s.name, t.is_memory_optimized, CAST(t.temporal_type AS int), t.is_external,
            CASE WHEN p.principal_id <> COALESCE((SELECT r.principal_id FROM sys.schemas AS r WHERE r.name = N'realtime'), 1) THEN p.name END, p.type
        FROM sys.tables AS t
        INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id
        INNER JOIN sys.database_principals AS p ON p.principal_id = COALESCE(t.principal_id, s.principal_id)
        WHERE t.object_id IN ({list})
        """;

    internal static string FollowersSql(string list) => $"""
        SELECT DISTINCT k.parent_object_id FROM sys.foreign_keys AS k
        WHERE k.parent_object_id IN ({list}) AND (k.delete_referential_action <> 0 OR k.update_referential_action <> 0)
        """;

    /// <summary>The tables that follow another one by a foreign key.</summary>
    private static async ValueTask<HashSet<int>> ReadFollowersAsync(
        SqlConnection connection, SqlTransaction? transaction, string list, CancellationToken cancellationToken) =>
        [.. await connection.RowsAsync(transaction, FollowersSql(list), static reader => reader.GetInt32(0), cancellationToken)];

    private static async ValueTask<Dictionary<int, (string? Owner, string? Obstacle)>> ReadOwnersAsync(
        SqlConnection connection, SqlTransaction? transaction, string list, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<int, (string?, string?)>();
        var found = await connection.RowsAsync(
            transaction,
            OwnersSql(list),
            static reader => (
                Id: reader.GetInt32(0),
                Schema: reader.GetString(1),
                IsInMemory: reader.GetBoolean(2),
                Temporal: reader.GetInt32(3),
                IsExternal: reader.GetBoolean(4),
                Owner: reader.IsDBNull(5) ? null : reader.GetString(5),
                OwnerType: reader.GetString(6).Trim()),
            cancellationToken);
        foreach (var table in found)
        {
            // Only a user can be impersonated; a role or a group cannot.
            var ownerIsUser = table.Owner is null || table.OwnerType is "S" or "U" or "E" or "C" or "K";
            owners[table.Id] = (ownerIsUser ? table.Owner : null, table switch
            {
                { IsInMemory: true } => "it is memory-optimized, and triggers of such a table cannot write to the change log",
                { Temporal: 1 } => "it is the history of another table, which the database writes without firing triggers; watch that table",
                { IsExternal: true } => "it is an external table, whose changes the database does not see",
                _ when !ownerIsUser => $"its owner '{table.Owner}' is no user, so its triggers have no right on the change log: ALTER AUTHORIZATION ON SCHEMA::{SqlServerName.Quote(table.Schema)} TO [dbo]",
                _ => null,
            });
        }

        return owners;
    }
}
