using System.Globalization;
using Xunit;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>The clock of the first host jumps, by way of libfaketime; its timers, which go by the steady clock, do not.</summary>
internal sealed class ClockFaults : IDisposable
{
    /// <summary>The reason to skip a test where it is not installed.</summary>
    public const string Missing = "libfaketime is not installed (Debian: apt-get install faketime).";

    private static readonly TimeSpan[] Jumps = [TimeSpan.FromHours(2), TimeSpan.FromHours(-3), TimeSpan.FromDays(30), TimeSpan.FromDays(-30), TimeSpan.FromSeconds(90), TimeSpan.Zero];

    private readonly string file = Path.GetTempFileName();

    public ClockFaults() => Set(TimeSpan.Zero);

    /// <summary>Whether it is there.</summary>
    public static bool IsInstalled => Library is not null;

    private static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Prepend("/usr/lib").Select(directory => Path.Combine(directory, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>What the host needs in its environment whose clock is to jump.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Jumps to and fro.</summary>
    public Fault Jump => new("clock jumps of a host", async (world, random, stop) =>
    {
        using var client = new HttpClient { BaseAddress = world.Cluster.Nodes[0].Address };
        foreach (var jump in Jumps)
        {
            Set(jump);
            // libfaketime looks once a second.
            TimeSpan told;
            for (var looks = 0; ((told = await AskAsync(client, stop)) - jump).Duration() > TimeSpan.FromSeconds(30); looks++)
            {
                Assert.True(looks < 100, $"The host's clock should have jumped by {jump}, and is {told} ahead.");
                await Fault.PauseAsync(random, 100, 101, stop);
            }

            // For so long it is so.
            await Fault.PauseAsync(random, 500, 1000, stop);
        }
    });

    public void Dispose() => File.Delete(file);

    /// <returns>How far the host's clock is ahead.</returns>
    private static async Task<TimeSpan> AskAsync(HttpClient client, CancellationToken stop)
    {
        using var response = await client.GetAsync(new Uri("api", UriKind.Relative), stop);
        return response.Headers.Date!.Value - TimeProvider.System.GetUtcNow();
    }

    private void Set(TimeSpan offset) => File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}s"));
}
