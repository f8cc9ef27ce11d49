using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>A SQLite file of orders in the temporary folder, deleted with the object that made it.</summary>
internal sealed class BenchmarkDatabase : IDisposable
{
    public const int Rows = 10_000;

    private readonly bool isOwn;

    /// <param name="file">One that is there already, and stays. Default: makes one.</param>
    public BenchmarkDatabase(string? file = null)
    {
        isOwn = file is null;
        File = file ?? Path.Combine(Path.GetTempPath(), $"benchmark-{Guid.NewGuid():N}.db");
        if (!isOwn)
            return;
        using var connection = new SqliteConnection(ConnectionString);
        connection.Execute($"""
            PRAGMA journal_mode = WAL;
            CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, CustomerId INTEGER NOT NULL, Note TEXT, Total REAL NOT NULL);
            CREATE INDEX OrdersByCustomer ON Orders (CustomerId);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows})
            INSERT INTO Orders SELECT i, 'pending', i % 100, 'order ' || i, i * 0.5 FROM n;
            """);
    }

    public string File { get; }

    public string ConnectionString => $"Data Source={File}";

    public void Dispose()
    {
        new SqliteConnections(ConnectionString).Clear();
        if (!isOwn)
            return;
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            System.IO.File.Delete(File + suffix);
    }
}
