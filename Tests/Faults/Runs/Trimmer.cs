using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Trims the log as a host does, but by a retention of seconds, which a host would refuse.</summary>
internal static class Trimmer
{
    public static async Task TrimAsync(TempDatabase database, TimeSpan retention, Tally tally, CancellationToken stop)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRealtimeApi(options =>
        {
            database.Configure(options.Database);
            options.Resources["*"] = new();
        });
        await using var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<IDatabase>().Log;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                tally.Add("changes trimmed from the log", await log.TrimAsync(TimeProvider.System.GetUtcNow() - retention, CancellationToken.None));
            }
            catch (DatabaseUnavailableException)
            {
                // Locked, or full.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
