using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Leases;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Leases;

public sealed class LeasedJobTests : IDisposable
{
    private readonly TempDatabase file = new();
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Job_OnTwoNodes_RunsOnOne()
    {
        using var one = await StartAsync();
        await Until.TrueAsync(() => one.Runs == 1);
        using var two = await StartAsync();
        await Until.TrueAsync(() => two.Looks == 1);
        for (var run = 2; run < 5; run++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Until.TrueAsync(() => one.Runs == run && two.Looks == run);
        }

        Assert.Equal(0, two.Runs);
        await StopAsync(one, two);
    }

    [Fact]
    public async Task Job_HolderStops_GoesToTheOtherAtOnce()
    {
        using var one = await StartAsync();
        await Until.TrueAsync(() => one.Runs == 1);
        using var two = await StartAsync();
        await one.StopAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));
        // It runs twice where it looks for the first time only after the other has stopped.
        await Until.TrueAsync(() => two.Runs >= 1);
        await StopAsync(two);
    }

    [Fact]
    public async Task Job_HolderIsGoneWithoutAWord_GoesToTheOtherWhenTheLeaseHasLapsed()
    {
        using var leases = new HeldLease(file);
        using var job = await StartAsync();
        await Until.TrueAsync(() => job.Looks == 1);
        time.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => job.Looks == 2);
        Assert.Equal(0, job.Runs);

        leases.Lapse();
        time.Advance(TimeSpan.FromMinutes(1));
        // It runs twice where its second look comes to the lease only after that has lapsed.
        await Until.TrueAsync(() => job.Runs >= 1);
        await StopAsync(job);
    }

    [Fact]
    public async Task Job_LongerThanItsLease_KeepsIt()
    {
        var done = new TaskCompletionSource();
        using var job = await StartAsync(done.Task);
        await Until.TrueAsync(() => job.Runs == 1);
        // As if it had been taken a while ago, since two looks may be within a tick of the database's clock.
        file.Execute("UPDATE realtime_lease SET until = until - 1000");
        var before = LeasedUntil();
        time.Advance(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => LeasedUntil() > before);
        done.SetResult();
        await StopAsync(job);
        Assert.Equal(0, job.BrokenOff);
    }

    [Fact]
    public async Task Job_LosesItsLeaseMeanwhile_IsBrokenOff()
    {
        using var job = await StartAsync(new TaskCompletionSource().Task);
        await Until.TrueAsync(() => job.Runs == 1);
        file.Execute("UPDATE realtime_lease SET owner = 'another'");
        time.Advance(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => job.BrokenOff == 1);
        await StopAsync(job);
        Assert.Equal("another", file.Execute("SELECT owner FROM realtime_lease"));
    }

    [Fact]
    public async Task Job_Stopped_GivesItsLeaseBack()
    {
        using var job = await StartAsync(new TaskCompletionSource().Task);
        await Until.TrueAsync(() => job.Runs == 1);
        await StopAsync(job);
        Assert.Equal(0L, file.Execute("SELECT count(*) FROM realtime_lease"));
    }

    [Fact]
    public async Task Job_NothingToDo_LeavesTheDatabaseAlone()
    {
        using var job = await StartAsync(needed: false);
        await Until.TrueAsync(() => job.Looks == 1);
        time.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => job.Looks == 2);
        await StopAsync(job);
        Assert.Equal(0L, file.Execute("SELECT count(*) FROM sqlite_schema"));
    }

    private static async Task StopAsync(params CountedJob[] jobs)
    {
        foreach (var job in jobs)
            await job.StopAsync(Cancellation);
    }

    private long LeasedUntil() => (long)file.Execute("SELECT until FROM realtime_lease")!;

    private async Task<CountedJob> StartAsync(Task? takes = null, bool needed = true)
    {
        var connections = new SqliteConnections(file.ConnectionString);
        IDatabase database = new SqliteDatabase(connections, null!, null!, null!, null!, new SqliteLeases(connections));
        var job = new CountedJob(new(database, new(), time)) { Takes = takes, Needed = needed };
        await job.StartAsync(Cancellation);
        return job;
    }

    /// <summary>A lease that a node took which does not live any more.</summary>
    private sealed class HeldLease : IDisposable
    {
        private readonly TempDatabase file;

        public HeldLease(TempDatabase file)
        {
            this.file = file;
            var leases = new SqliteLeases(new(file.ConnectionString));
            Assert.True(leases.TryTakeAsync("work", "gone", TimeSpan.FromMinutes(1.5), Cancellation).GetAwaiter().GetResult());
        }

        public void Lapse() => file.Execute("UPDATE realtime_lease SET taken = taken - 90000, until = until - 90000");

        public void Dispose() => file.Execute("DELETE FROM realtime_lease WHERE owner = 'gone'");
    }
}
