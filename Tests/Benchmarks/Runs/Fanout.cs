using RealtimeApi.Tests.Benchmarks.Clients;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>1,000 watchers of one resource: one change at a time at 20,000 deliveries a second, then eight publishers flat out.</summary>
internal static class Fanout
{
    private const int Watchers = 1000;
    private const int SteadyChanges = 200;
    private const int SteadyPerSecond = 20;
    private const int FlatOutChanges = 4000;

    public static async Task RunAsync(int rounds)
    {
        Median steadyPlain = new(), steadyProduct = new(), steadyRatio = new();
        Median cpuPlain = new(), cpuProduct = new(), cpuRatio = new();
        Median ratePlain = new(), rateProduct = new(), rateRatio = new();
        for (var round = 0; round < rounds; round++)
        {
            var plain = await MeasureAsync("plain");
            var product = await MeasureAsync("product");
            steadyPlain.Add(plain.SteadyCpu);
            steadyProduct.Add(product.SteadyCpu);
            steadyRatio.Add(product.SteadyCpu / plain.SteadyCpu);
            cpuPlain.Add(plain.FlatOutCpu);
            cpuProduct.Add(product.FlatOutCpu);
            cpuRatio.Add(product.FlatOutCpu / plain.FlatOutCpu);
            ratePlain.Add(plain.FlatOutRate);
            rateProduct.Add(product.FlatOutRate);
            rateRatio.Add(product.FlatOutRate / plain.FlatOutRate);
            Console.WriteLine($"round {round + 1}: plain {plain}, product {product}");
        }
        Console.WriteLine($"""

            {Watchers} WebSocket watchers, medians of {rounds} rounds (min–max)
            one at a time, {SteadyPerSecond * Watchers:N0} deliveries/s: server CPU µs per delivered change
              plain SignalR {steadyPlain}   product {steadyProduct}   ratio {steadyRatio}   goal ≤ 1.0
            flat out, eight publishers: server CPU µs per delivered change
              plain SignalR {cpuPlain}   product {cpuProduct}   ratio {cpuRatio}   goal ≤ 0.6
            flat out, eight publishers: thousand deliveries per second
              plain SignalR {ratePlain}   product {rateProduct}   ratio {rateRatio}   goal ≥ 1.8
            """);
    }

    private static async Task<Result> MeasureAsync(string role)
    {
        await using var server = await ServerProcess.StartAsync(role);
        var watchers = new Watcher[Watchers];
        foreach (var i in Enumerable.Range(0, Watchers))
            await (watchers[i] = new()).StartAsync(server.Port);
        try
        {
            await Deliveries.RunAsync(server, watchers, publishers: 1, count: 40, perSecond: 0);
            var steady = await Deliveries.RunAsync(server, watchers, publishers: 1, SteadyChanges, SteadyPerSecond);
            var flatOut = await Deliveries.RunAsync(server, watchers, publishers: 8, FlatOutChanges, perSecond: 0);
            return new(steady.Cpu, flatOut.Cpu, flatOut.Rate / 1000);
        }
        finally
        {
            foreach (var watcher in watchers)
                await watcher.DisposeAsync();
        }
    }

    private sealed record Result(double SteadyCpu, double FlatOutCpu, double FlatOutRate)
    {
        public override string ToString() => FormattableString.Invariant($"{SteadyCpu:0.00} µs, {FlatOutCpu:0.00} µs, {FlatOutRate:0} k/s");
    }
}
