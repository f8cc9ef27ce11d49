using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Discovers what a SQLite file holds.</summary>
/// <remarks>
/// A view's columns take their type from the table's column that they show, where they show one. Its key is that table's where every row of the table
/// can appear only once, which <see cref="SqliteViewSource"/> proves of views over one table without a join; any other view needs a configured key.
/// </remarks>
internal sealed partial class SqliteSchemaReader(SqliteConnections connections, ILogger<SqliteSchemaReader> logger) : ISchemaReader
{
    private const string ListSql = """
        SELECT l.name, l.type, l.wr AS WithoutRowid, l.strict AS Strict, s.sql
        FROM pragma_table_list AS l
        LEFT JOIN sqlite_schema AS s ON s.name = l.name AND s.type = l.type
        WHERE l.schema = 'main' AND l.type IN ('table', 'view')
        ORDER BY l.type, l.name
        """;

    private const string ColumnsSql = """
        SELECT name, type, `notnull` AS IsNotNull, dflt_value AS DefaultSql, pk, hidden
        FROM pragma_table_xinfo(@name, 'main')
        ORDER BY cid
        """;

    private const string UniqueKeysSql = """
        SELECT l.name, i.name
        FROM pragma_index_list(@name, 'main') AS l, pragma_index_info(l.name, 'main') AS i
        WHERE l.`unique` AND NOT l.partial
        ORDER BY l.seq, i.seqno
        """;

    // The values of hidden in pragma table_xinfo: of a virtual table, and the two kinds of generated columns.
    private const long HiddenColumn = 1;
    private const long VirtualColumn = 2;
    private const long StoredColumn = 3;

    private readonly ConcurrentDictionary<string, string> leftOut = new(StringComparer.OrdinalIgnoreCase);

    public async Task<IReadOnlyList<TableSchema>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: true);
            return Read(connection);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    public ColumnSchema? Reinterpret(ColumnSchema column, string format) => SqliteFormats.Parse(column, format);

    private List<TableSchema> Read(SqliteConnection connection)
    {
        var encoding = connection.ExecuteScalar<string>("PRAGMA encoding") ?? "UTF-8";
        var rows = connection.Query<TableRow>(ListSql).Where(row => !SqliteSystemTables.Contains(row.Name)).ToList();
        var tables = new Dictionary<string, TableSchema>(StringComparer.OrdinalIgnoreCase);
        var result = new List<TableSchema>();
        foreach (var row in rows.Where(row => row.Type == "table"))
            result.Add(tables[row.Name] = ReadTable(connection, row, encoding));
        var views = rows.Where(row => row.Type == "view").ToDictionary(row => row.Name, row => row.Sql ?? "", StringComparer.OrdinalIgnoreCase);
        foreach (var view in views.Keys)
        {
            try
            {
                result.Add(ReadView(connection, view, tables, views, encoding));
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_ERROR)
            {
                // A view over something dropped. It harms nobody but those who ask for it.
                if (!leftOut.TryGetValue(view, out var reason) || reason != e.Message)
                    Log.ViewLeftOut(logger, view, leftOut[view] = e.Message);
            }
        }

        return result;
    }

    private static TableSchema ReadTable(SqliteConnection connection, TableRow table, string encoding)
    {
        var strict = table.Strict != 0;
        var rows = connection.Query<ColumnRow>(ColumnsSql, new { name = table.Name }).Where(row => row.Hidden != HiddenColumn).ToList();
        var key = rows.Where(row => row.Pk > 0).OrderBy(row => row.Pk).ToList();
        var rowidAlias = table.WithoutRowid == 0 && key is [{ } only] && IsRowidAlias(connection, table.Name, only) ? only.Name : null;
        var columns = rows.Select(row => MakeColumn(
            row,
            strict,
            SqliteTextRules.Find(CollationOf(connection, table.Name, row.Name), encoding),
            CollationOf(connection, table.Name, row.Name),
            nullable: row.IsNotNull == 0 && row.Name != rowidAlias) with { Numbered = row.Name == rowidAlias }).ToArray();
        return new()
        {
            Table = new(null, table.Name),
            Columns = SqliteFormatDetector.Detect(connection, table.Name, columns, [.. rows.Select(row => row.DefaultSql)]),
            Key = [.. key.Select(row => row.Name)],
            UniqueKeys = ReadUniqueKeys(connection, table.Name),
            HasNullKeys = HasNullKeys(connection, table.Name, [.. key.Where(row => row.IsNotNull == 0 && row.Name != rowidAlias).Select(row => row.Name)]),
        };
    }

    // Only a message hangs on it: of the key's index, the start is sought and the rest is scanned no further than a start can wait.
    private static bool HasNullKeys(SqliteConnection connection, string table, string[] nullable)
    {
        if (nullable.Length == 0)
            return false;
        var from = SqliteName.Quote(table);
        string[] columns = [.. nullable.Select(SqliteName.Quote)];
        return connection.ExecuteScalar<bool>($"""
            SELECT EXISTS (SELECT 1 FROM {from} WHERE {columns[0]} IS NULL)
                OR EXISTS (
                    SELECT 1 FROM (SELECT {string.Join(", ", columns)} FROM {from} LIMIT 10000)
                    WHERE {string.Join(" OR ", columns.Select(column => $"{column} IS NULL"))})
            """);
    }

    // An index over an expression has a column without a name.
    private static string[][] ReadUniqueKeys(SqliteConnection connection, string table) =>
        [.. connection.Query<(string Index, string? Column)>(UniqueKeysSql, new { name = table })
            .GroupBy(row => row.Index)
            .Where(index => index.All(row => row.Column is not null))
            .Select(index => index.Select(row => row.Column!).ToArray())];

    private static TableSchema ReadView(
        SqliteConnection connection, string view, Dictionary<string, TableSchema> tables, Dictionary<string, string> views, string encoding)
    {
        var rows = connection.Query<ColumnRow>(ColumnsSql, new { name = view }).ToList();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {SqliteName.Quote(view)} LIMIT 0";
        using var reader = command.ExecuteReader();
        var columns = new ColumnSchema[rows.Count];
        var shown = new Dictionary<(string Table, string Column), string>();
        for (var i = 0; i < rows.Count; i++)
        {
            var table = raw.sqlite3_column_table_name(reader.Handle, i).utf8_to_string();
            var origin = raw.sqlite3_column_origin_name(reader.Handle, i).utf8_to_string();
            var column = table is not null && tables.TryGetValue(table, out var source) ? source.Columns.FirstOrDefault(c => c.Name == origin) : null;
            if (column is not null)
                shown.TryAdd((table!, column.Name), rows[i].Name);
            // The table's NOT NULL does not hold behind an outer join.
            columns[i] = column is null
                ? MakeColumn(rows[i], strict: false, SqliteTextRules.Find("BINARY", encoding), "BINARY", nullable: true)
                : column with { Name = rows[i].Name, Nullable = true, ReadOnly = true };
        }

        return new() { Table = new(null, view), IsView = true, Columns = columns, Key = KeyOfView() };

        string[] KeyOfView()
        {
            if (SqliteViewSource.FindTable(view, views) is not { } single || !tables.TryGetValue(single, out var table))
                return [];
            var names = table.Key.Select(column => shown.GetValueOrDefault((table.Table.Name, column))).OfType<string>().ToArray();
            return names.Length == table.Key.Count ? names : [];
        }
    }

    private static ColumnSchema MakeColumn(ColumnRow row, bool strict, SqliteTextRules? rules, string collation, bool nullable)
    {
        var type = SqliteColumnTypes.TypeOf(row.Type, strict);
        return new()
        {
            Name = row.Name,
            Type = type,
            DeclaredType = row.Type,
            Nullable = nullable,
            ReadOnly = row.Hidden is VirtualColumn or StoredColumn,
            MaxLength = SqliteColumnTypes.MaxLengthOf(row.Type, type),
            Default = string.Equals(row.DefaultSql, "NULL", StringComparison.OrdinalIgnoreCase) ? null : row.DefaultSql,
            TextRules = rules,
            Storage = new SqliteStorage(SqliteColumnTypes.AffinityOf(row.Type, strict), collation, null),
        };
    }

    private static string CollationOf(SqliteConnection connection, string table, string column)
    {
        var code = raw.sqlite3_table_column_metadata(connection.Handle, "main", table, column, out _, out string collation, out _, out _, out _);
        return code == raw.SQLITE_OK && !string.IsNullOrEmpty(collation) ? collation.ToUpper(CultureInfo.InvariantCulture) : "BINARY";
    }

    // INTEGER PRIMARY KEY is the rowid, and so never null. INTEGER PRIMARY KEY DESC, by an old bug kept, is not, and has an index of its own.
    private static bool IsRowidAlias(SqliteConnection connection, string table, ColumnRow key) =>
        key.Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase)
        && connection.ExecuteScalar<long>("SELECT count(*) FROM pragma_index_list(@table, 'main') WHERE origin = 'pk'", new { table }) == 0;

    private sealed record TableRow
    {
        public required string Name { get; init; }

        public required string Type { get; init; }

        public long WithoutRowid { get; init; }

        public long Strict { get; init; }

        public string? Sql { get; init; }
    }

    private sealed record ColumnRow
    {
        public required string Name { get; init; }

        public string Type { get; init; } = "";

        public long IsNotNull { get; init; }

        public string? DefaultSql { get; init; }

        public long Pk { get; init; }

        public long Hidden { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The view {View} cannot be read and is left out: {Reason}", EventName = "ViewLeftOut")]
        public static partial void ViewLeftOut(ILogger logger, string view, string reason);
    }
}
