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
            await Fault.PauseAsync(random, 2500, 3000, stop);
            using var response = await client.GetAsync(new Uri("api", UriKind.Relative), stop);
            var told = response.Headers.Date!.Value - TimeProvider.System.GetUtcNow();
            Assert.True((told - jump).Duration() < TimeSpan.FromSeconds(30), $"The host's clock should have jumped by {jump}, and is {told} ahead.");
        }
    });

    public void Dispose() => File.Delete(file);

    private void Set(TimeSpan offset) => File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}s"));
}
