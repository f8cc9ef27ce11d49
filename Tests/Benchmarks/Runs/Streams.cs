using RealtimeApi.Tests.Benchmarks.Clients;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>1,000 event streams of one resource: one change at a time at 20,000 deliveries a second, then eight publishers flat out.</summary>
internal static class Streams
{
    private const int Watchers = 1000;
    private const int SteadyChanges = 200;
    private const int SteadyPerSecond = 20;
    private const int FlatOutChanges = 4000;

    public static async Task RunAsync(int rounds)
    {
        Median steadyPlain = new(), steadyProduct = new(), steadyRatio = new();
        Median flatPlain = new(), flatProduct = new(), flatRatio = new();
        for (var round = 0; round < rounds; round++)
        {
            var plain = await MeasureAsync("plain-stream");
            var product = await MeasureAsync("product");
            steadyPlain.Add(plain.Steady);
            steadyProduct.Add(product.Steady);
            steadyRatio.Add(product.Steady / plain.Steady);
            flatPlain.Add(plain.FlatOut);
            flatProduct.Add(product.FlatOut);
            flatRatio.Add(product.FlatOut / plain.FlatOut);
            Console.WriteLine(FormattableString.Invariant($"round {round + 1}: plain {plain.Steady:0.00} and {plain.FlatOut:0.00} µs, product {product.Steady:0.00} and {product.FlatOut:0.00} µs"));
        }
        Console.WriteLine($"""

            {Watchers} event streams, medians of {rounds} rounds (min–max): server CPU µs per delivered change
            one at a time, {SteadyPerSecond * Watchers:N0} deliveries/s
              plain broadcast {steadyPlain}   product {steadyProduct}   ratio {steadyRatio}   goal ≤ 1.15
            flat out, eight publishers
              plain broadcast {flatPlain}   product {flatProduct}   ratio {flatRatio}
            """);
    }

    private static async Task<(double Steady, double FlatOut)> MeasureAsync(string role)
    {
        await using var server = await ServerProcess.StartAsync(role);
        var watchers = new StreamWatcher[Watchers];
        foreach (var i in Enumerable.Range(0, Watchers))
            await (watchers[i] = new()).StartAsync(server.Port);
        try
        {
            await Deliveries.RunAsync(server, watchers, publishers: 1, count: 40, perSecond: 0);
            var steady = await Deliveries.RunAsync(server, watchers, publishers: 1, SteadyChanges, SteadyPerSecond);
            var flatOut = await Deliveries.RunAsync(server, watchers, publishers: 8, FlatOutChanges, perSecond: 0);
            return (steady.Cpu, flatOut.Cpu);
        }
        finally
        {
            foreach (var watcher in watchers)
                await watcher.DisposeAsync();
        }
    }
}
