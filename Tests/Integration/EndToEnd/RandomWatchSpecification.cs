using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeApi.Client;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Integration.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>
/// The promise as a whole: while programs write at random, connections are cut and the host is killed and started again, each watch tells exactly the changes of
/// its view, each once and in order, and leads to what a fresh read gives.
/// </summary>
public abstract class RandomWatchSpecification(TestDatabaseKind kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

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
                histories[resource] = await ChangeHistory.ReadAsync(host.Address, resource, start);
            foreach (var follower in followers)
                await UntilCaughtUpAsync(follower.Followed, histories[follower.Followed.View.Resource], failed);
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
            CheckEvents(follower.Followed, histories[follower.Followed.View.Resource]);
        await CheckReadsAsync(host.Address, followers.ConvertAll(follower => follower.Followed), histories, random);
        CheckTables(database, histories);
        Assert.DoesNotContain("fail:", host.Complaints, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", host.Complaints, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{RandomRun.Repeat}: {histories.Values.Sum(history => history.Count)} changes, {followers.Sum(follower => follower.Followed.Events.Count)} events to {followers.Count} watches, "
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

    /// <summary>Waits for the last event of the watch's view, or for the watch to have passed it.</summary>
    private static async Task UntilCaughtUpAsync(Followed followed, ChangeHistory history, Task failed)
    {
        var last = history.EventsOf(followed.View, after: LogPosition.Zero).Select(seen => seen.Position).LastOrDefault();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (followed.Cursor is not { } cursor || Seen.PositionOf(cursor) < last)
        {
            if (failed.IsCompleted)
                await failed;
            Assert.False(patience.IsCancellationRequested, $"{followed} stands still at {(followed.Cursor is null ? "its beginning" : Seen.PositionOf(followed.Cursor))}, its last event is at {last}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static void CheckEvents(Followed followed, ChangeHistory history)
    {
        var expected = history.EventsOf(followed.View, followed.Start).ToList();
        for (var i = 0; i < Math.Max(expected.Count, followed.Events.Count); i++)
        {
            var (wanted, got) = (expected.ElementAtOrDefault(i), followed.Events.ElementAtOrDefault(i));
            followed.Check(IsSame(wanted, expected.ElementAtOrDefault(i + 1), got), $"event {i} of {expected.Count} after {followed.Start} should be\n{wanted}\nand is\n{got}");
        }
    }

    private static bool IsSame(Seen? wanted, Seen? next, Seen? got) =>
        wanted is not null && got is not null
        && (got.IsExact ? got.Position == wanted.Position : got.Position >= wanted.Position && (next is null || got.Position < next.Position))
        && (got.Operation, got.View, got.Key, got.Time) == (wanted.Operation, wanted.View, wanted.Key, wanted.Time)
        && JsonNode.DeepEquals(got.Data, wanted.Data);

    /// <summary>What each watch leads to, what the history leads to, and two kinds of reads: all the same.</summary>
    private async Task CheckReadsAsync(Uri address, List<Followed> followers, Dictionary<string, ChangeHistory> histories, Random random)
    {
        using var client = new HttpClient();
        foreach (var view in Views)
        {
            var expected = histories[view.Resource].Items.Where(item => view.Matches(item.Value)).ToDictionary(item => item.Key, item => view.Project(item.Value));
            var pageSize = random.Next(1, 12);
            CheckItems($"A fresh read of {view}", expected, await FreshRead.ReadAsync(client, address, view, pageSize, ("Cache-Control", "no-cache")));
            foreach (var followed in followers.Where(followed => followed.View == view))
            {
                if (followed.Items is { } items)
                    CheckItems(followed.ToString(), expected, items);
            }

            var cursor = followers.Find(followed => followed.View == view)!.Cursor!;
            CheckItems($"A read of {view} at least as new as its watch", expected, await FreshRead.ReadAsync(client, address, view, pageSize, ("Realtime-Min-Cursor", cursor)));
        }
    }

    private static void CheckItems(string what, Dictionary<string, JsonObject> expected, Dictionary<string, JsonObject> actual)
    {
        foreach (var key in expected.Keys.Union(actual.Keys))
        {
            var (wanted, got) = (expected.GetValueOrDefault(key), actual.GetValueOrDefault(key));
            Assert.True(JsonNode.DeepEquals(wanted, got), $"{what} has {got?.ToJsonString() ?? "nothing"} as {key} instead of {wanted?.ToJsonString() ?? "nothing"}");
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
