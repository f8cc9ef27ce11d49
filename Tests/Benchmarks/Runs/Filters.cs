using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>The cost of one change, and the memory of one watch, when many watch with equality filters of their own.</summary>
internal static class Filters
{
    private const int Few = 100;
    private const int Many = 100_000;
    private const int Changes = 2000;

    public static async Task RunAsync(int rounds)
    {
        Median few = new(), many = new(), ratio = new(), bytes = new();
        for (var round = 0; round < rounds; round++)
        {
            var small = await MeasureAsync(Few);
            var large = await MeasureAsync(Many);
            few.Add(small.Cpu);
            many.Add(large.Cpu);
            ratio.Add(large.Cpu / small.Cpu);
            bytes.Add(large.Bytes);
            Console.WriteLine(FormattableString.Invariant($"round {round + 1}: {small.Cpu:0.0} µs and {large.Cpu:0.0} µs, {large.Bytes:0} bytes a watch"));
        }
        Console.WriteLine($"""

            One change that one of N distinct equality-filter watches matches, process CPU µs, insert included, medians of {rounds} rounds (min–max)
              {Few:N0} watches {few}   {Many:N0} watches {many}   ratio {ratio}   goal ≤ 1.5
            Memory of an idle watch, bytes: {bytes}   goal ≤ 1024
            """);
    }

    private static async Task<(double Cpu, double Bytes)> MeasureAsync(int count)
    {
        using var database = new BenchmarkDatabase();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddRealtimeApi(options => options.Database.ConnectionString = database.ConnectionString)
            .AddResource("orders", resource => resource.Table("Orders").Watchable());
        using var host = builder.Build();
        await host.StartAsync();
        var engine = host.Services.GetRequiredService<WatchEngine>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var received = new Receiver();
        var watches = new Watch[count];
        for (var i = 0; i < count; i++)
        {
            watches[i] = await engine.StartAsync(new WatchRequest { Resource = "orders", Filter = $"customerId eq {i}" }, received.Ready, default);
            await received.DrainAsync(watches[i]);
        }
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        await InsertAsync(database, received, count, Changes / 4);
        var cpu = Environment.CpuUsage.TotalTime;
        await InsertAsync(database, received, count, Changes);
        var used = Environment.CpuUsage.TotalTime - cpu;
        foreach (var watch in watches)
            watch.Dispose();
        await host.StopAsync();
        return (used.TotalMicroseconds / Changes, bytes);
    }

    private static async Task InsertAsync(BenchmarkDatabase database, Receiver received, int count, int changes)
    {
        var expected = received.Count + changes;
        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("PRAGMA synchronous = NORMAL");
        for (var i = 0; i < changes; i++)
            await connection.ExecuteAsync(
                "INSERT INTO Orders (Status, CustomerId, Note, Total) VALUES ('pending', @customer, 'x', 1.5)",
                new { customer = (int)(i * 7919L % count) });
        await received.WaitAsync(expected);
    }

    /// <summary>Reads every watch as it becomes ready and counts what it gets.</summary>
    private sealed class Receiver
    {
        private int count;
        private int expected = int.MaxValue;
        private volatile TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => Volatile.Read(ref count);

        public void Ready(Watch watch) => _ = DrainAsync(watch);

        public async Task DrainAsync(Watch watch)
        {
            while (await watch.ReadAsync(BatchLimit.Frame, default) is { } batch)
                if (batch.Events.Count > 0 && Interlocked.Add(ref count, batch.Events.Count) >= Volatile.Read(ref expected))
                    waiting.TrySetResult();
        }

        public async Task WaitAsync(int target)
        {
            waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref expected, target);
            if (Count < target)
                await waiting.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }
}
