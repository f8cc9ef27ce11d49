using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeApi.Client;
using RealtimeApi.Tests.Integration.Client;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>
/// The promise as a whole: while programs write at random, connections are cut and the host is killed and started again, each watch tells exactly the changes of
/// its view, each once and in order, and leads to what a fresh read gives.
/// </summary>
public abstract class RandomWatchSpecification(TestDatabaseKind kind)
{
    private IReadOnlyList<View> Views => Warehouse.ViewsOf(kind);

    /// <summary>Runs with these writers until the time is over, and checks everything.</summary>
    private protected async Task RunAsync(int windowBytes, Func<TestDatabase, int, CancellationToken, Task[]> write)
    {
        await using var database = await TestDatabase.CreateAsync(kind, Warehouse.Sqlite, Warehouse.SqlServer);
        await using var host = await UnrestfulHost.StartAsync(
        [
            .. database.Settings,
            string.Create(CultureInfo.InvariantCulture, $"--RealtimeApi:Feed:WindowBytes={windowBytes}"),
            "--RealtimeApi:Watching:BookmarkInterval=00:00:02",
        ]);
        var followers = new List<IFollower>();
        try
        {
            await RunAsync(database, host, followers, write);
        }
        catch (Exception e)
        {
            var report = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{RandomRun.Repeat}: {e.Message}")
                .AppendLine(CultureInfo.InvariantCulture, $"{host.Cuts} cuts, {host.Kills} kills, {host.Stops} stops, {host.Replacements} replacements.");
            foreach (var line in host.Complaints.Split('\n').TakeLast(40))
                report.AppendLine(line);
            throw new InvalidOperationException(report.ToString(), e);
        }
    }

    private async Task RunAsync(TestDatabase database, UnrestfulHost host, List<IFollower> followers, Func<TestDatabase, int, CancellationToken, Task[]> write)
    {
        var random = new Random(RandomRun.Seed);
        var start = await ReadCursorAsync(host.Address);
        var clients = Enum.GetValues<WatchTransport>()
            .Select(transport => new RealtimeApiClient(Clients.OptionsFor(host.ProxyAddress) with { Transport = transport, PollInterval = TimeSpan.FromMilliseconds(500) })).ToList();
        followers.AddRange(MakeFollowers(host.ProxyAddress, clients, random));

        using var stopFollowing = new CancellationTokenSource();
        var following = followers.Select((follower, i) => Task.Run(() => FollowAfterAsync(follower, new Random(RandomRun.Seed + i), stopFollowing.Token), CancellationToken.None)).ToList();
        var failed = Task.WhenAny(following).Unwrap();
        var histories = new Dictionary<string, ChangeHistory>();
        try
        {
            await DisturbAsync(database, host, write, failed);
            database.Execute(Warehouse.LastRows);
            foreach (var resource in Warehouse.KeyFields.Keys)
                histories[resource] = await WholeHistory.ReadAsync(host.Address, resource, start);
            foreach (var follower in followers)
                await HistoryCheck.UntilCaughtUpAsync(follower.Followed, histories[follower.Followed.View.Resource], failed, Until.Patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            await stopFollowing.CancelAsync();
            await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var client in clients)
                await client.DisposeAsync();
        }

        await Task.WhenAll(following);
        foreach (var follower in followers)
            HistoryCheck.CheckEvents(follower.Followed, histories[follower.Followed.View.Resource]);
        await CheckReadsAsync(host.Address, followers.ConvertAll(follower => follower.Followed), histories, random);
        CheckTables(database, histories);
        Assert.DoesNotContain("fail:", host.Complaints, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", host.Complaints, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{RandomRun.Repeat}: {histories.Values.Sum(history => history.Count)} changes, {followers.Sum(follower => follower.Followed.Count)} events to {followers.Count} watches, "
            + $"{followers.Sum(follower => follower.Followed.Resumed)} resumed by hand, {host.Cuts} cuts, {host.Kills} kills, {host.Stops} stops (the longest took {host.LongestStop.TotalSeconds:0.0} s), {host.Replacements} replacements.");
    }

    /// <summary>Lets the writers write, and the host have no rest, for the time of the run or until something has failed.</summary>
    private static async Task DisturbAsync(TestDatabase database, UnrestfulHost host, Func<TestDatabase, int, CancellationToken, Task[]> write, Task failed)
    {
        using var stop = new CancellationTokenSource();
        Task[] working = [.. write(database, RandomRun.Seed, stop.Token), Task.Run(() => host.DisturbAsync(new(RandomRun.Seed + 1), stop.Token), CancellationToken.None)];
        await Task.WhenAny([Task.Delay(RandomRun.Duration, TimeProvider.System, TestContext.Current.CancellationToken), failed, .. working]);
        await stop.CancelAsync();
        await Task.WhenAll(working);
        if (failed.IsCompleted)
            await failed;
    }

    /// <summary>Every view by one client or another, and each way to begin often enough.</summary>
    private IEnumerable<IFollower> MakeFollowers(Uri address, IReadOnlyList<RealtimeApiClient> clients, Random random)
    {
        var number = 0;
        foreach (var view in Views.Concat(random.GetItems([.. Views], 15)))
        {
            var own = new Random(random.Next());
            // The SDK's watches of one item have all its fields.
            if (own.Next(3) == 0 || (view.Key is not null && view.Select is not null))
                yield return new HubFollower(address, number % 2 == 0 ? "messagepack" : "json", view, own.Next(4) > 0, own);
            else
                yield return new SdkFollower(clients, view, (SdkFollower.Beginning)(number % 3), own);
            number++;
        }
    }

    private static async Task FollowAfterAsync(IFollower follower, Random random, CancellationToken stop)
    {
        await Task.Delay(RandomRun.Duration * 0.5 * random.NextDouble() * random.NextDouble(), TimeProvider.System, CancellationToken.None);
        await follower.FollowAsync(stop);
    }

    /// <summary>What each watch leads to, what the history leads to, and two kinds of reads: all the same.</summary>
    private async Task CheckReadsAsync(Uri address, List<Followed> followers, Dictionary<string, ChangeHistory> histories, Random random)
    {
        using var client = new HttpClient();
        foreach (var view in Views)
        {
            var expected = histories[view.Resource].ItemsOf(view);
            var pageSize = random.Next(1, 12);
            HistoryCheck.CheckItems($"A fresh read of {view}", expected, await FreshRead.ReadAsync(client, address, view, pageSize, ("Cache-Control", "no-cache"), TestContext.Current.CancellationToken));
            foreach (var followed in followers.Where(followed => followed.View == view))
            {
                if (followed.Items is { } items)
                    HistoryCheck.CheckItems(followed.ToString(), expected, items);
            }

            var cursor = followers.Find(followed => followed.View == view)!.Cursor!;
            HistoryCheck.CheckItems($"A read of {view} at least as new as its watch", expected, await FreshRead.ReadAsync(client, address, view, pageSize, ("Realtime-Min-Cursor", cursor), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>The tables themselves, past everything of the product.</summary>
    private static void CheckTables(TestDatabase database, Dictionary<string, ChangeHistory> histories)
    {
        Check("things", "id", "code", "kind", "note");
        Check("parts", "thingId", "name", "quantity");
        Check("tags", "name", "thingId", "big");

        void Check(string table, params string[] fields)
        {
            var rows = (string?)database.Execute(database.Choose(
                $"SELECT group_concat(r, char(10)) FROM (SELECT {string.Join(" || ',' || ", fields.Select(field => $"ifnull({field}, '-')"))} AS r FROM {table})",
                $"SELECT STRING_AGG(r, CHAR(10)) FROM (SELECT CONCAT({string.Join(", ',', ", fields.Select(field => $"COALESCE(CAST({field} AS nvarchar(max)), '-')"))}) AS r FROM {table}) AS t")) ?? "";
            var items = histories[table].Items.Values.Select(item => string.Join(',', fields.Select(field => item[field]?.ToString() ?? "-")));
            Assert.Equal(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), items.Order(StringComparer.Ordinal));
        }
    }

    private static async Task<string> ReadCursorAsync(Uri address)
    {
        await using var client = Clients.For(address);
        return (await client.Resource("things").ListAsync(cancellationToken: TestContext.Current.CancellationToken)).Cursor!;
    }
}
