using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Leases;

/// <summary>Work that one of several hosts does, when that one dies: two real processes on one database, and the trimming of its log.</summary>
public sealed class TakeoverTests : IDisposable
{
    /// <summary>A lease lasts one and a half of it; a host that was told of no interval would take far longer than this test waits.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TempDatabase database = new("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Text TEXT)");

    private string? Owner => (string?)database.Execute("SELECT owner FROM realtime_lease WHERE name = $name", ("$name", Server.Feed.Retention.LeaseName));

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Trimming_WhenTheHostThatDoesItIsKilled_IsDoneByTheOtherOnceTheLeaseHasLapsed()
    {
        await using var first = await StartAsync();
        WriteOldChanges(1);
        await UntilTrimmedAsync();
        var owner = Owner;
        Assert.NotNull(owner);
        await using var second = await StartAsync();
        // On a busy machine the first may have been late, and the second has it now.
        var now = Owner;
        var (holder, other) = now == owner ? (first, second) : (second, first);
        owner = now;

        var until = (long)database.Execute("SELECT until FROM realtime_lease")!;
        await holder.KillAsync();
        WriteOldChanges(100);
        await UntilTrimmedAsync();

        Assert.NotEqual(owner, Owner);
        Assert.True((long)database.Execute("SELECT taken FROM realtime_lease")! >= until, "The other host did not wait until the lease had lapsed.");
        Assert.False(other.HasExited);
    }

    private Task<HostProcess> StartAsync() => HostProcess.StartAsync(null, LoopbackPort.Find(), [.. database.Settings, $"--RealtimeApi:Feed:TrimInterval={Interval}"]);

    private void WriteOldChanges(int id) =>
        database.Execute($"BEGIN; INSERT INTO Items VALUES ({id}, 'a'), ({id + 1}, 'b'), ({id + 2}, 'c'); UPDATE realtime_changelog SET time = 0; COMMIT");

    /// <summary>The newest change is kept.</summary>
    private Task UntilTrimmedAsync() => Until.TrueAsync(() => (long)database.Execute("SELECT count(*) FROM realtime_changelog")! == 1);
}
