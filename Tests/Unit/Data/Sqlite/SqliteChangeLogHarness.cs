using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A SQLite file with the tables of the specification, or others.</summary>
internal sealed class SqliteChangeLogHarness : ChangeLogHarness
{
    private const string Tables = """
        CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT COLLATE NOCASE, total INT);
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
        """;

    private readonly TempDatabase database;
    private readonly List<SqliteChangeLog> logs = [];

    public SqliteChangeLogHarness(string sql = Tables)
    {
        database = new(sql);
        Log = OpenAnother();
    }

    public override IChangeLog Log { get; }

    public string File => database.File;

    private string Backup => database.File + "-backup";

    public override IChangeLog OpenAnother()
    {
        var log = new SqliteChangeLog(new(database.ConnectionString), TimeProvider.System, new(NullLogger<SqliteMisfits>.Instance), NullLogger<SqliteChangeLog>.Instance);
        logs.Add(log);
        return log;
    }

    /// <summary>The table with every value shown as it is stored.</summary>
    public override ResourceDefinition Define(string table, bool watchable = true) => Define(table, watchable, []);

    /// <param name="table">The table.</param>
    /// <param name="watchable">Whether it is captured.</param>
    /// <param name="left">Columns that the definition leaves out.</param>
    /// <param name="key">The columns of the key where the table has none.</param>
    public ResourceDefinition Define(string table, bool watchable, string[] left, params string[] key)
    {
        using var connection = Connect();
        var columns = connection.Rows(
            "SELECT name, type, pk FROM pragma_table_xinfo($table)",
            static reader => (Name: reader.GetString(0), Type: reader.GetString(1), Place: reader.GetInt64(2)),
            ("$table", table)).FindAll(column => !left.Contains(column.Name));
        var definitions = columns.Select((column, i) => new ColumnDefinition
        {
            Column = column.Name,
            Name = column.Name,
            Ordinal = i,
            Type = FieldType.Any,
            DeclaredType = column.Type,
            TextRules = SqliteTextRules.Find(CollationOf(connection, table, column.Name)),
            Storage = new SqliteStorage(SqliteAffinity.Blob, CollationOf(connection, table, column.Name), null),
        }).ToList();
        var names = key.Length > 0 ? key : [.. columns.Where(column => column.Place > 0).OrderBy(column => column.Place).Select(column => column.Name)];
        return new()
        {
            Name = table,
            Table = new(null, table),
            Columns = definitions,
            Key = [.. names.Select(name => definitions.Single(column => column.Column == name))],
            Watchable = watchable,
            Fingerprint = string.Join('|', columns),
        };
    }

    public SqliteConnection Connect() => database.Open();

    public override void Execute(string sql) => database.Execute(sql);

    public object? Scalar(string sql) => database.Execute(sql);

    public override bool HasTraces() =>
        (long)Scalar("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'realtime%'")! > 0 || (string)Scalar("PRAGMA journal_mode")! == "wal";

    public override void Save() => Execute($"VACUUM INTO '{Backup}'");

    public override void Restore()
    {
        foreach (var suffix in new[] { "-wal", "-shm" })
            System.IO.File.Delete(database.File + suffix);
        System.IO.File.Move(Backup, database.File, overwrite: true);
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var log in logs)
            log.Dispose();
        database.Dispose();
        return default;
    }

    private static string CollationOf(SqliteConnection connection, string table, string column)
    {
        SQLitePCL.raw.sqlite3_table_column_metadata(connection.Handle, "main", table, column, out _, out string collation, out _, out _, out _);
        return collation;
    }
}
