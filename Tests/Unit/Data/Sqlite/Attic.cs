using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A table with a column of every type, affinity, collation and date format, filled with everything that SQLite lets one put into it.</summary>
internal sealed class Attic : IAttic
{
    private static readonly string[] Texts =
    [
        "", "a", "A", "b", "ab", "AB", "abc", "aBc", "abc ", "abc  ", " abc", "z", "Z", "[", "_", "%", "it's", "ä", "Ä", "ß", "\ud83d\ude00", "\ue000", "\ufff0", "a\0b", "A\0c", "a\0bc", "\0",
        "1", "01", "1.0", "1.5", "0x10", "1e400", "5", "-5", "9223372036854775807", "9223372036854775808", " 5 ", "abcabc", "bcab", "true", "null",
    ];

    private static readonly object?[] Anything =
    [
        null, 0L, 1L, 2L, -1L, 5L, 255L, 1L << 53, (1L << 53) + 1, long.MaxValue, long.MinValue, 0.0, -0.0, 0.1, 0.1 + 0.2, 1.5, -2.5, 1e-30, 1e30, 1e300, 9007199254740993.0, 9.3e18,
        double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, "", "a", "A", "5", "1.5", "abc", "2026-11-23", "2026-11-23 11:06:26", Array.Empty<byte>(), new byte[] { 1 },
        new byte[] { 0x61 }, new byte[] { 255, 0, 1 },
    ];

    private static readonly DateTime[] Moments =
    [
        new(2026, 11, 23, 11, 6, 26), new(2026, 11, 23, 11, 6, 0), new(2026, 11, 23), new(2026, 11, 24), new(2026, 2, 28, 23, 59, 59), new(2024, 2, 29), new(1970, 1, 1), new(1969, 12, 31, 23, 59, 59),
        new DateTime(1969, 12, 31, 23, 59, 59).AddTicks(9_990_000), new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1_230_000), new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1_234_567),
        new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1), DateTime.MinValue, new(9999, 12, 31), DateTime.MaxValue,
    ];

    private static readonly Guid[] Guids = [Guid.Empty, new("0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"), new("abcdef2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"), new("ffffffff-ffff-ffff-ffff-ffffffffffff")];

    private readonly TempDatabase database = new();
    private readonly SqliteConnection connection;
    private readonly List<(ColumnDefinition Column, object?[] Values)> columns = [];

    /// <param name="key">The declaration of the primary key: <c>id INTEGER PRIMARY KEY</c> comes first, or one over other columns at the end.</param>
    /// <param name="keyColumns">The columns of the key.</param>
    public Attic(string? key, params string[] keyColumns)
        : this("UTF-8", key, keyColumns)
    {
    }

    private Attic(string encoding, string? key, string[] keyColumns)
    {
        // Indexes are made for half of the columns, so that both ways of finding rows are tried.
        var declarations = new List<string>();
        Add("id", FieldType.Integer, key is null ? "INTEGER PRIMARY KEY" : "INTEGER", SqliteAffinity.Integer, Anything);
        Add("int", FieldType.Integer, "INT", SqliteAffinity.Integer, [1L, 2L, 3L, 5L, (1L << 53) + 1, long.MaxValue, .. Anything]);
        Add("flag", FieldType.Boolean, "BOOLEAN", SqliteAffinity.Numeric, [1L, 0L, .. Anything]);
        Add("dec", FieldType.Decimal, "DECIMAL(10,2)", SqliteAffinity.Numeric, [1L, 1.5, 0.1, 0.1 + 0.2, 19.99, 1e20, 4e28, .. Anything]);
        Add("dbl", FieldType.Double, "REAL", SqliteAffinity.Real, [1.5, 2.0, 0.1, .. Anything]);
        foreach (var collation in (string[])["BINARY", "NOCASE", "RTRIM"])
            Add("text" + collation, FieldType.String, "TEXT COLLATE " + collation, SqliteAffinity.Text, [.. Texts, .. Anything], collation);
        Add("any", FieldType.Any, "", SqliteAffinity.Blob, [.. Texts, .. Anything]);
        Add("anyNoCase", FieldType.Any, "COLLATE NOCASE", SqliteAffinity.Blob, [.. Texts, .. Anything], "NOCASE");
        Add("json", FieldType.Any, "JSON", SqliteAffinity.Numeric, [.. Texts, .. Anything]);
        Add("bin", FieldType.Binary, "BLOB", SqliteAffinity.Blob, Anything);
        foreach (var format in Enum.GetValues<SqliteGuidFormat>())
            foreach (var collation in (string[])["BINARY", "NOCASE"])
                Add($"guid{format}{collation}", FieldType.Guid, "GUID COLLATE " + collation, SqliteAffinity.Numeric, [.. StoredGuids(), .. Anything], collation, guid: format);
        var clocks = new SqliteTextTime[]
        {
            new(SqliteClock.Trimmed), new(SqliteClock.Fixed, 3, "Z"), new(SqliteClock.FixedOrNone, 6), new(SqliteClock.Minutes), new(SqliteClock.Trimmed, 0, "+00:00"),
        };
        foreach (var format in (SqliteDateFormat[])[SqliteDateFormat.TextSpace, SqliteDateFormat.TextT])
            foreach (var (clock, i) in clocks.Select((c, i) => (c, i)))
                AddTime($"at{format}{i}", FieldType.DateTime, "DATETIME", SqliteAffinity.Numeric, format, clock);
        AddTime("onDay", FieldType.DateTime, "TEXT", SqliteAffinity.Text, SqliteDateFormat.TextDate, clocks[0]);
        AddTime("seconds", FieldType.DateTime, "INTEGER", SqliteAffinity.Integer, SqliteDateFormat.UnixSeconds, clocks[0]);
        AddTime("milliseconds", FieldType.DateTime, "TIMESTAMP", SqliteAffinity.Numeric, SqliteDateFormat.UnixMilliseconds, clocks[0]);
        AddTime("julian", FieldType.DateTime, "REAL", SqliteAffinity.Real, SqliteDateFormat.JulianDay, clocks[0]);
        AddTime("day", FieldType.Date, "DATE", SqliteAffinity.Numeric, SqliteDateFormat.TextDate, clocks[0]);
        AddTime("dayT", FieldType.Date, "DATE", SqliteAffinity.Numeric, SqliteDateFormat.TextT, clocks[0]);
        AddTime("daySeconds", FieldType.Date, "DATE", SqliteAffinity.Numeric, SqliteDateFormat.UnixSeconds, clocks[0]);
        AddTime("hour", FieldType.Time, "TIME", SqliteAffinity.Numeric, SqliteDateFormat.TextTime, clocks[0]);

        Resource = new()
        {
            Name = "attic",
            Table = new(null, "The `Attic`"),
            Columns = [.. columns.Select(c => c.Column)],
            Key = [.. keyColumns.Select(name => columns.Single(c => c.Column.Name == name).Column)],
            Fingerprint = "f",
        };
        var sql = $"PRAGMA encoding = '{encoding}'; PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; CREATE TABLE \"The `Attic`\" ({string.Join(", ", key is null ? declarations : [.. declarations, key])});"
            + string.Concat(columns.Where((_, i) => i % 2 == 1).Select((c, i) => $"CREATE INDEX i{i} ON \"The `Attic`\" (\"{c.Column.Column}\");"));
        connection = database.Open();
        Run(sql);
        Connections = new(database.ConnectionString);
        Items = new SqliteItemReader(Connections, new(NullLogger<SqliteMisfits>.Instance));
        Filters = new(Resource, Texts, Moments, Guids);

        void Add(
            string name,
            FieldType type,
            string declaration,
            SqliteAffinity affinity,
            object?[] values,
            string collation = "BINARY",
            SqliteGuidFormat guid = default,
            SqliteDateFormat? format = null,
            SqliteTextTime? clock = null)
        {
            declarations.Add($"\"{name}\" {declaration}");
            columns.Add((new()
            {
                Column = name,
                Name = name,
                Ordinal = columns.Count,
                Type = type,
                DeclaredType = declaration,
                TextRules = SqliteTextRules.Find(collation, encoding),
                Storage = new SqliteStorage(affinity, collation, format) { GuidFormat = guid, TextTime = clock ?? SqliteTextTime.Default },
            }, values));
        }

        void AddTime(string name, FieldType type, string declaration, SqliteAffinity affinity, SqliteDateFormat format, SqliteTextTime clock)
        {
            var storage = new SqliteStorage(affinity, "BINARY", format) { TextTime = clock };
            Add(name, type, declaration, affinity, [.. Moments.Select(m => SqliteTime.Store(storage, m)), .. Moments.Select(m => (object)m.ToString("O", CultureInfo.InvariantCulture)), .. Anything],
                format: format, clock: clock);
        }
    }

    public static Attic OfEncoding(string encoding) => new(encoding, key: null, ["id"]);

    public ResourceDefinition Resource { get; }

    public IItemReader Items { get; }

    public RandomFilter Filters { get; }

    public SqliteConnections Connections { get; }

    /// <summary>Puts other rows into the table, with chosen values in every column.</summary>
    public void Fill(Tape tape, int rows)
    {
        using var transaction = connection.BeginTransaction();
        Run("DELETE FROM \"The `Attic`\"");
        for (var i = 0; i < rows; i++)
            Insert(tape, i);
        transaction.Commit();
    }

    /// <summary>Adds a row; one whose key is taken already is left out.</summary>
    public void Insert(Tape tape, long id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT OR IGNORE INTO \"The `Attic`\" VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < columns.Count; i++)
            command.Parameters.Add(Parameter($"@p{i}", i == 0 ? id : tape.Pick(columns[i].Values)));
        command.ExecuteNonQuery();
    }

    public void Run(string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Delete(long id) => Run($"DELETE FROM \"The `Attic`\" WHERE id = {id}");

    public void Dispose()
    {
        connection.Dispose();
        Connections.Clear();
        database.Dispose();
    }

    private static object[] StoredGuids() => [.. Guids.SelectMany(g => (object[])[g.ToString(), g.ToString().ToUpperInvariant(), g.ToByteArray(), g.ToString("N")])];

    // As a blob made text: a parameter of text may end at a NUL.
    private static SqliteParameter Parameter(string name, object? value) => new(name, value ?? DBNull.Value);
}
