using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>A SQLite file of orders in the temporary folder, deleted with this object.</summary>
internal sealed class BenchmarkDatabase : IDisposable
{
    public const int Rows = 10_000;

    private readonly string path = Path.Combine(Path.GetTempPath(), $"benchmark-{Guid.NewGuid():N}.db");

    public BenchmarkDatabase()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Execute($"""
            PRAGMA journal_mode = WAL;
            CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, CustomerId INTEGER NOT NULL, Note TEXT, Total REAL NOT NULL);
            CREATE INDEX OrdersByCustomer ON Orders (CustomerId);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows})
            INSERT INTO Orders SELECT i, 'pending', i % 100, 'order ' || i, i * 0.5 FROM n;
            """);
    }

    public string ConnectionString => $"Data Source={path}";

    public void Dispose()
    {
        new SqliteConnections(ConnectionString).Clear();
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            File.Delete(path + suffix);
    }
}
