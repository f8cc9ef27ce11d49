using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>What capture must know of a table: how its rows are told apart, and by which unique keys a statement may replace them.</summary>
internal sealed partial class SqliteTableShape
{
    private readonly bool hasForeignKeyActions;

    private SqliteTableShape(string name, IReadOnlyList<Column> columns, bool hasForeignKeyActions)
    {
        Name = name;
        Columns = columns;
        this.hasForeignKeyActions = hasForeignKeyActions;
    }

    public string Name { get; }

    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The name by which the rowid is read; null where the table has none or its columns hide all its names.</summary>
    public string? RowId { get; private init; }

    /// <summary>The column that is the rowid under another name, or null.</summary>
    public string? RowIdAlias { get; private init; }

    /// <summary>The columns of the primary key, in the key's order.</summary>
    public required IReadOnlyList<string> PrimaryKey { get; init; }

    /// <summary>Every unique key other than the rowid, that of the primary key first.</summary>
    public required IReadOnlyList<SqliteUniqueKey> UniqueKeys { get; init; }

    /// <summary>Whether statements on the table can run in the middle of one on it: through foreign key actions, or BEFORE triggers of others that write.</summary>
    public bool IsReentered => HasWritingBeforeTriggers || hasForeignKeyActions;

    /// <summary>Whether a BEFORE trigger of others can change the table between our own and the statement.</summary>
    public bool HasWritingBeforeTriggers { get; private init; }

    /// <summary>Whether updating a row of the table can, through a foreign key's action, update rows of other tables before the statement is done.</summary>
    public bool CascadesUpdates { get; private init; }

    /// <summary>The place in the schema of the newest trigger on the table that is not ours; 0 without any.</summary>
    public long NewestForeignTrigger { get; private init; }

    public Column? Find(string column)
    {
        foreach (var candidate in Columns)
            if (string.Equals(candidate.Name, column, StringComparison.OrdinalIgnoreCase))
                return candidate;
        return null;
    }

    /// <summary>The table as it is in the transaction, or null when there is none of this name.</summary>
    public static SqliteTableShape? Read(SqliteConnection connection, string table)
    {
        var withoutRowId = connection.Scalar<long?>(
            "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name = $table COLLATE NOCASE", ("$table", table));
        if (withoutRowId is null)
            return null;

        var columns = connection.Rows(
            """SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo($table)""",
            reader => new Column(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2) != 0,
                reader.IsDBNull(3) ? null : reader.GetString(3),
                (int)reader.GetInt64(4),
                reader.GetInt64(5) > 1),
            ("$table", table));
        var indexes = connection.Rows(
            """
            SELECT i.name, i.origin, s.sql FROM pragma_index_list($table) i
            LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = i.name
            WHERE i."unique" = 1 ORDER BY i.origin = 'pk' DESC, i.seq DESC
            """,
            reader => (Name: reader.GetString(0), Origin: reader.GetString(1), Sql: reader.IsDBNull(2) ? null : reader.GetString(2)),
            ("$table", table));
        var primaryKey = columns.Where(column => column.KeyPlace > 0).OrderBy(column => column.KeyPlace).Select(column => column.Name).ToList();
        var hasRowId = withoutRowId == 0;
        // An INTEGER PRIMARY KEY is the rowid, and therefore has no index of its own.
        var alias = hasRowId && primaryKey.Count == 1 && indexes.TrueForAll(index => index.Origin != "pk") ? primaryKey[0] : null;
        var actions = connection.Rows(
            """
            SELECT f.on_update, f.on_delete FROM sqlite_schema s, pragma_foreign_key_list(s.name) f
            WHERE s.type = 'table' AND f."table" = $table COLLATE NOCASE
            """,
            static reader => (Update: reader.GetString(0), Delete: reader.GetString(1)),
            ("$table", table));
        var triggers = connection.Rows(
            "SELECT rowid, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $table COLLATE NOCASE",
            static reader => (Place: reader.GetInt64(0), Sql: reader.GetString(1)),
            ("$table", table)).FindAll(static trigger => !SqliteTrigger.IsOurs(trigger.Sql));

        return new(table, columns, actions.Exists(static action => IsAction(action.Update) || IsAction(action.Delete)))
        {
            RowId = hasRowId ? RowIdName(columns) : null,
            RowIdAlias = alias,
            PrimaryKey = primaryKey,
            UniqueKeys = [.. indexes.Select(index => SqliteUniqueKey.Read(connection, index.Name, index.Sql))],
            HasWritingBeforeTriggers = triggers.Exists(static trigger => WritesBefore(trigger.Sql)),
            CascadesUpdates = actions.Exists(static action => IsAction(action.Update)),
            NewestForeignTrigger = triggers.Select(static trigger => trigger.Place).DefaultIfEmpty().Max(),
        };
    }

    // Without AFTER a trigger is a BEFORE one. Taking another for such a trigger costs a little time, no more.
    private static bool WritesBefore(string trigger)
    {
        var begin = Begin().Match(trigger);
        return !After().IsMatch(trigger[..begin.Index]) && Writes().IsMatch(trigger, begin.Index);
    }

    [GeneratedRegex(@"\bBEGIN\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Begin();

    [GeneratedRegex(@"\bAFTER\s+(INSERT|UPDATE|DELETE)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex After();

    [GeneratedRegex(@"\b(INSERT|UPDATE|DELETE|REPLACE)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Writes();

    private static bool IsAction(string action) => action is not ("NO ACTION" or "RESTRICT");

    private static string? RowIdName(List<Column> columns)
    {
        string[] names = ["rowid", "_rowid_", "oid"];
        return names.FirstOrDefault(name => !columns.Exists(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <param name="Name">The column's name.</param>
    /// <param name="DeclaredType">The type as declared; empty without one.</param>
    /// <param name="NotNull">Whether it is declared NOT NULL.</param>
    /// <param name="Default">The default's expression, or null.</param>
    /// <param name="KeyPlace">Its place in the primary key, from 1; 0 where it is in none.</param>
    /// <param name="Generated">Whether it is computed from others.</param>
    internal sealed record Column(string Name, string DeclaredType, bool NotNull, string? Default, int KeyPlace, bool Generated);
}
