using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>What the capture costs a writer: the same statements on a watched table and on one without triggers.</summary>
internal static class Writes
{
    private const int Single = 2000;
    private const int Bulk = 10_000;

    public static void Run(int rounds)
    {
        Median insert = new(), bulkInsert = new(), bulkUpdate = new();
        for (var round = 0; round < rounds; round++)
        {
            var plain = Measure(watched: false);
            var watched = Measure(watched: true);
            insert.Add(watched.Insert / plain.Insert);
            bulkInsert.Add(watched.BulkInsert / plain.BulkInsert);
            bulkUpdate.Add(watched.BulkUpdate / plain.BulkUpdate);
            Console.WriteLine($"round {round + 1}: without {plain}, with {watched}");
        }
        Console.WriteLine($"""

            Time with the capture's triggers over the time without, SQLite in WAL mode, medians of {rounds} rounds (min–max)
              one autocommitted insert       {insert}   goal ≤ 1.5
              insert of {Bulk:N0} rows at once   {bulkInsert}   goal ≤ 3
              update of {Bulk:N0} rows at once   {bulkUpdate}   goal ≤ 5
            """);
    }

    /// <summary>Starts the product once, which leaves its triggers in the database.</summary>
    public static void Capture(Action<RealtimeApiOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services
            .AddRealtimeApi(configure)
            .AddResource("orders", resource => resource.Table("Orders").Watchable());
        using var host = builder.Build();
        host.Start();
        host.StopAsync().GetAwaiter().GetResult();
    }

    private static Result Measure(bool watched)
    {
        using var database = new BenchmarkDatabase();
        if (watched)
            Capture(options => options.Database.ConnectionString = database.ConnectionString);
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        var insert = Time(() =>
        {
            for (var i = 0; i < Single; i++)
                connection.Execute("INSERT INTO Orders (Status, CustomerId, Note, Total) VALUES ('pending', 7, @note, 12.5)", new { note = BenchmarkServer.Note(0, i) });
        });
        var bulkInsert = Time(() => connection.Execute($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Bulk})
            INSERT INTO Orders (Status, CustomerId, Note, Total) SELECT 'pending', i % 100, 'order ' || i, i * 0.5 FROM n
            """));
        var bulkUpdate = Time(() => connection.Execute($"UPDATE Orders SET Total = Total + 1 WHERE Id <= {Bulk}"));
        return new(insert / Single * 1000, bulkInsert, bulkUpdate);
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    private sealed record Result(double Insert, double BulkInsert, double BulkUpdate)
    {
        public override string ToString() => FormattableString.Invariant($"{Insert:0} µs, {BulkInsert:0} ms, {BulkUpdate:0} ms");
    }
}
