using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Finds out which fields of a refused write refer to nothing: SQLite's own error says only that something does.</summary>
internal static class SqliteForeignKeys
{
    // A foreign key that names no columns of the other table means its primary key.
    private const string List = """
        SELECT f.id, f."table", f."from", coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table") p WHERE p.pk = f.seq + 1))
        FROM pragma_foreign_key_list($table) f ORDER BY f.id, f.seq
        """;

    /// <summary>The fields at fault as the database is now; none where others may have mended it meanwhile, or where it is other rows that refer to this one.</summary>
    /// <param name="connection">Without the write, which has been rolled back.</param>
    /// <param name="before">The item as it was; null for a new one.</param>
    /// <param name="change">What was to be written.</param>
    /// <param name="resource">Where.</param>
    public static IReadOnlyList<string> FindBroken(SqliteConnection connection, ResourceDefinition resource, Item? before, ItemChange change)
    {
        var keys = connection.Rows(
            List,
            static reader => (Id: reader.GetInt64(0), Table: reader.GetString(1), From: reader.GetString(2), To: reader.IsDBNull(3) ? null : reader.GetString(3)),
            ("$table", resource.Table.Name)).GroupBy(static part => part.Id);
        var broken = new List<string>();
        foreach (var key in keys)
        {
            var parts = key.Select(part => (part.Table, part.To, Column: resource.Columns.FirstOrDefault(column => !column.Hidden && column.Column.Equals(part.From, StringComparison.OrdinalIgnoreCase)))).ToList();
            // One that was not written was not at fault; and of a hidden column nothing is said.
            if (parts.TrueForAll(static part => part.Column is not null && part.To is not null)
                && parts.Exists(part => IsWritten(change, part.Column!))
                && !Refers(connection, parts[0].Table, [.. parts.Select(part => (part.To!, StoredOf(before, change, part.Column!)))]))
                broken.AddRange(parts.Select(static part => part.Column!.Name));
        }

        return [.. broken.Distinct()];
    }

    private static bool IsWritten(ItemChange change, ColumnDefinition column) => change.Values.Any(value => value.Key.Ordinal == column.Ordinal);

    private static object? StoredOf(Item? before, ItemChange change, ColumnDefinition column)
    {
        foreach (var (written, value) in change.Values)
            if (written.Ordinal == column.Ordinal)
                return SqliteProjection.Store(column, value);
        return before is null ? null : SqliteProjection.Store(column, before.Values[column.Ordinal]);
    }

    /// <summary>Whether there is such a row; a reference with a null in it needs none.</summary>
    private static bool Refers(SqliteConnection connection, string table, List<(string Column, object? Value)> parts)
    {
        if (parts.Exists(static part => part.Value is null))
            return true;
        var conditions = string.Join(" AND ", parts.Select(static (part, i) => $"{SqliteName.Quote(part.Column)} = $p{i}"));
        return connection.Scalar<long>($"SELECT EXISTS (SELECT 1 FROM {SqliteName.Quote(table)} WHERE {conditions})", [.. parts.Select(static (part, i) => ($"$p{i}", part.Value!))]) != 0;
    }
}
