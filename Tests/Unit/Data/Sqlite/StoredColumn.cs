using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A table with one column <c>c</c>, in memory, and the column's definition: what is stored, and what SQL and the projection say of it.</summary>
internal sealed class StoredColumn : IDisposable
{
    private readonly SqliteConnection connection = new("Data Source=:memory:");

    public StoredColumn(string declared, FieldType type, Func<SqliteStorage, SqliteStorage>? storage = null, string collation = "BINARY")
    {
        connection.Open();
        Run($"CREATE TABLE t (id INTEGER PRIMARY KEY, c {declared} COLLATE {collation})");
        var plain = new SqliteStorage(SqliteColumnTypes.AffinityOf(declared, strict: false), collation, null);
        Definition = new()
        {
            Column = "c",
            Name = "c",
            Ordinal = 0,
            Type = type,
            DeclaredType = declared,
            TextRules = SqliteTextRules.Find(collation),
            Storage = storage is null ? plain : storage(plain),
        };
    }

    public ColumnDefinition Definition { get; }

    public void Dispose() => connection.Dispose();

    /// <summary>Stores a value as any program would, with the column's conversions.</summary>
    public void Insert(object value) => Run("INSERT INTO t (c) VALUES ($value)", ("$value", value));

    /// <summary>Each row as stored, as read, and whether it fits in SQL.</summary>
    public List<(object? Stored, FieldValue Read, bool Fits)> ReadAll()
    {
        using var command = Command($"SELECT c, {SqliteProjection.FitsCondition(Definition, "t.c")} FROM t ORDER BY id");
        using var reader = command.ExecuteReader();
        var rows = new List<(object?, FieldValue, bool)>();
        while (reader.Read())
            rows.Add((reader.IsDBNull(0) ? null : reader.GetValue(0), SqliteProjection.Read(Definition, reader, 0), reader.GetInt64(1) == 1));
        return rows;
    }

    /// <summary>For each row in order, how the column compares with a value in SQL: -1, 0, 1.</summary>
    public List<long> CompareAll(object value)
    {
        using var command = Command("SELECT CASE WHEN c = $value THEN 0 WHEN c < $value THEN -1 ELSE 1 END FROM t ORDER BY id", ("$value", value));
        using var reader = command.ExecuteReader();
        var rows = new List<long>();
        while (reader.Read())
            rows.Add(reader.GetInt64(0));
        return rows;
    }

    public object? Run(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
