using System.Diagnostics;
using RealtimeApi.Tests.Benchmarks.Clients;
using RealtimeApi.Tests.Benchmarks.Servers;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>1,000 who watch the same send each other messages, on one node and over two with a Redis: one message at a time at 20,000 deliveries a second, then eight senders flat out.</summary>
internal static class Messages
{
    private const int Talkers = 1000;
    private const int SteadyMessages = 100;
    private const int SteadyPerSecond = 20;
    private const int Senders = 8;
    private const int FlatOutMessages = 2000;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(int rounds)
    {
        await RunAsync(rounds, nodes: 1);
        if (RedisServer.IsInstalled)
            await RunAsync(rounds, nodes: 2);
        else
            Console.WriteLine(RedisServer.Missing);
    }

    private static async Task RunAsync(int rounds, int nodes)
    {
        Figures plain = new(), product = new();
        Median steady = new(), latency = new(), flatOut = new(), rate = new();
        for (var round = 0; round < rounds; round++)
        {
            var reference = await MeasureAsync("plain", nodes);
            var measured = await MeasureAsync("product", nodes);
            plain.Add(reference);
            product.Add(measured);
            steady.Add(measured.SteadyCpu / reference.SteadyCpu);
            latency.Add(measured.P50 / reference.P50);
            flatOut.Add(measured.FlatOutCpu / reference.FlatOutCpu);
            rate.Add(measured.FlatOutRate / reference.FlatOutRate);
            Console.WriteLine($"round {round + 1}: plain {reference}, product {measured}");
        }

        Console.WriteLine($"""

            Messages between {Talkers} watchers on {nodes} node{(nodes > 1 ? "s with a Redis" : "")}, medians of {rounds} rounds (min–max)
            one at a time, {SteadyPerSecond * Talkers:N0} deliveries/s: server CPU µs per delivered message
              plain SignalR {plain.SteadyCpu}   product {product.SteadyCpu}   ratio {steady}
            the same: milliseconds from call to client, p50, p99
              plain SignalR {plain.P50}, {plain.P99}   product {product.P50}, {product.P99}   ratio of p50 {latency}
            flat out, {Senders} senders: server CPU µs per delivered message
              plain SignalR {plain.FlatOutCpu}   product {product.FlatOutCpu}   ratio {flatOut}
            flat out, {Senders} senders: thousand deliveries per second; of 100 messages arrive (they are sent at most once)
              plain SignalR {plain.FlatOutRate}; {plain.Arrived}   product {product.FlatOutRate}; {product.Arrived}   ratio {rate}

            """);
    }

    private static async Task<Result> MeasureAsync(string role, int nodes)
    {
        using var database = new BenchmarkDatabase();
        await using var redis = nodes > 1 ? await RedisServer.StartAsync() : null;
        var servers = new List<ServerProcess>();
        var talkers = new List<Talker>();
        try
        {
            for (var i = 0; i < nodes; i++)
                servers.Add(await ServerProcess.StartAsync(role, new(redis?.Configuration, database.File)));
            for (var i = 0; i < Talkers; i++)
            {
                talkers.Add(new());
                await talkers[i].StartAsync(servers[i % nodes].Port);
            }

            // Nodes begin to hear each other in their own time.
            while (talkers.Exists(talker => talker.Received == 0))
            {
                await talkers[0].SayAsync();
                await talkers[1].SayAsync();
                await UntilQuietAsync(talkers, long.MaxValue, TimeSpan.FromMilliseconds(100));
            }

            await DeliverAsync(servers, talkers, Senders, FlatOutMessages / 10, perSecond: 0);
            var steady = await DeliverAsync(servers, talkers, senders: 1, SteadyMessages, SteadyPerSecond);
            var delays = talkers.SelectMany(talker => talker.Delays).Order().ToList();
            var flatOut = await DeliverAsync(servers, talkers, Senders, FlatOutMessages, perSecond: 0);
            return new(
                steady.Cpu, delays[delays.Count / 2].TotalMilliseconds, delays[delays.Count * 99 / 100].TotalMilliseconds, flatOut.Cpu, flatOut.Rate / 1000, flatOut.Arrived);
        }
        finally
        {
            foreach (var talker in talkers)
                await talker.DisposeAsync();
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    /// <returns>CPU of all servers in microseconds per delivered message, delivered messages per second, and how many of a hundred arrived.</returns>
    private static async Task<(double Cpu, double Rate, double Arrived)> DeliverAsync(List<ServerProcess> servers, List<Talker> talkers, int senders, int count, int perSecond)
    {
        foreach (var talker in talkers)
            talker.Forget();
        var before = talkers.Sum(talker => talker.Received);
        var sent = (long)count * (talkers.Count - 1);
        var cpu = await CpuAsync(servers);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(talkers.Take(senders).Select(sender => Task.Run(() => SayAsync(sender, count / senders, perSecond))));
        await UntilQuietAsync(talkers, before + sent, Quiet);
        var elapsed = clock.Elapsed;
        var delivered = talkers.Sum(talker => talker.Received) - before;
        if (delivered < sent)
            elapsed -= Quiet;
        return ((await CpuAsync(servers) - cpu) / delivered, delivered / elapsed.TotalSeconds, 100.0 * delivered / sent);
    }

    private static async Task SayAsync(Talker sender, int count, int perSecond)
    {
        using var timer = perSecond > 0 ? new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond)) : null;
        for (var i = 0; i < count; i++)
        {
            if (timer is not null)
                await timer.WaitForNextTickAsync();
            await sender.SayAsync();
        }
    }

    /// <summary>Until so many have arrived in all, or none any more for a time.</summary>
    private static async Task UntilQuietAsync(List<Talker> talkers, long expected, TimeSpan quiet)
    {
        using var timer = new PeriodicTimer(Look);
        var (last, since) = (-1L, Stopwatch.GetTimestamp());
        while (await timer.WaitForNextTickAsync())
        {
            var received = talkers.Sum(talker => talker.Received);
            if (received >= expected || (received == last && Stopwatch.GetElapsedTime(since) > quiet))
                return;
            if (received != last)
                (last, since) = (received, Stopwatch.GetTimestamp());
        }
    }

    private static async Task<double> CpuAsync(List<ServerProcess> servers)
    {
        var sum = 0.0;
        foreach (var server in servers)
            sum += await server.CpuAsync();
        return sum;
    }

    private sealed record Result(double SteadyCpu, double P50, double P99, double FlatOutCpu, double FlatOutRate, double Arrived)
    {
        public override string ToString() =>
            FormattableString.Invariant($"{SteadyCpu:0.00} µs, {P50:0.00} and {P99:0.00} ms, {FlatOutCpu:0.00} µs, {FlatOutRate:0} k/s, {Arrived:0.0} %");
    }

    private sealed record Figures
    {
        public Median SteadyCpu { get; } = new();

        public Median P50 { get; } = new();

        public Median P99 { get; } = new();

        public Median FlatOutCpu { get; } = new();

        public Median FlatOutRate { get; } = new();

        public Median Arrived { get; } = new();

        public void Add(Result result)
        {
            SteadyCpu.Add(result.SteadyCpu);
            P50.Add(result.P50);
            P99.Add(result.P99);
            FlatOutCpu.Add(result.FlatOutCpu);
            FlatOutRate.Add(result.FlatOutRate);
            Arrived.Add(result.Arrived);
        }
    }
}
