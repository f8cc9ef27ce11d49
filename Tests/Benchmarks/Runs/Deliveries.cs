using System.Diagnostics;
using RealtimeApi.Tests.Benchmarks.Clients;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>Makes changes and measures until all watchers have them.</summary>
internal static class Deliveries
{
    /// <returns>Server CPU in microseconds per delivered change, and delivered changes per second.</returns>
    public static async Task<(double Cpu, double Rate)> RunAsync(ServerProcess server, IReadOnlyCollection<IWatcher> watchers, int publishers, int count, int perSecond)
    {
        var expected = watchers.Sum(w => w.Received) + (long)count * watchers.Count;
        var cpu = await server.CpuAsync();
        var clock = Stopwatch.StartNew();
        await server.PublishAsync(publishers, count, perSecond);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (watchers.Sum(w => w.Received) < expected && await timer.WaitForNextTickAsync())
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(2))
                throw new TimeoutException($"Delivered {watchers.Sum(w => w.Received)} of {expected}.");
        }
        var deliveries = (double)count * watchers.Count;
        var rate = deliveries / clock.Elapsed.TotalSeconds;
        return ((await server.CpuAsync() - cpu) / deliveries, rate);
    }
}
