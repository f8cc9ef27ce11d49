using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using RealtimeApi.Client;
using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Shop;
using RealtimeApi.Tests.Faults.Watchers;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>
/// Hosts on one database, programs that write into it, and clients that watch it by every way there is, while something breaks. In the end each watch must have told exactly the changes
/// of its view, each once and in order, or have been told that its cursor has expired where the log is trimmed; and what it leads to must be what a fresh read gives on every host.
/// </summary>
internal sealed class FaultRun
{
    /// <summary>What a host may hold in the end, when nobody watches any more: its heap's limit, and what .NET and SQLite take beside it.</summary>
    private const long LargestWorkingSet = 450L * 1024 * 1024;

    private readonly CapturedLog clientLog = new();

    /// <summary>What there is for this run alone, where it is not given a world that others have, too.</summary>
    public WorldSettings World { get; init; } = new();

    /// <summary>How much of the log is kept, where it is trimmed while the run lasts; then cursors may expire.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Whether watches may be told that their cursor has expired. Default: where the log is trimmed.</summary>
    public bool? MayExpire { get; init; }

    /// <summary>How often a watch was told, in the run, that its cursor has expired.</summary>
    public int Expired { get; private set; }

    /// <summary>How often each way to watch is taken.</summary>
    public int Followers { get; init; } = 2;

    /// <summary>The time in which the watches begin, one after another.</summary>
    public TimeSpan Beginning { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Whether nothing is disturbed before every watch has begun.</summary>
    public bool WaitsForWatches { get; init; }

    /// <summary>How long clients bear to hear nothing; whom they lost without a word they miss so late.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(20);

    public int Seed { get; init; } = FaultSettings.Seed;

    /// <summary>Runs with these faults, one lane beside the other, for a time.</summary>
    public Task RunAsync(TimeSpan duration, params Fault[][] lanes) => RunAsync(async (world, failed) =>
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var working = lanes.Select((lane, i) => InjectAsync(world, [.. lane.Where(fault => fault.IsPossible(world))], new(Seed + 1000 + i), stop.Token)).ToList();
        await Task.WhenAny([Task.Delay(duration, TimeProvider.System, stop.Token), failed, .. working.Where(lane => !lane.IsCompleted)]);
        await stop.CancelAsync();
        await Task.WhenAll(working);
    });

    /// <summary>Runs with what <paramref name="disturb"/> does. Its second argument completes when a follower has failed.</summary>
    public async Task RunAsync(Func<World, Task, Task> disturb)
    {
        await using var world = await Runs.World.StartAsync(World);
        await RunAsync(world, disturb);
    }

    /// <summary>The same in a world that is there, and that is whole again afterwards. What is written has the seed's keys and stamps, so no two runs in one world have the same.</summary>
    public async Task RunAsync(World world, Func<World, Task, Task> disturb)
    {
        try
        {
            await FollowAsync(world, disturb);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException(Report(world, e), e);
        }
    }

    private async Task FollowAsync(World world, Func<World, Task, Task> disturb)
    {
        var tally = world.Tally;
        var random = new Random(Seed);
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(clientLog));
        var clients = Enum.GetValues<WatchTransport>().Select(transport => new RealtimeApiClient(new RealtimeApiClientOptions(world.Cluster.Front.Address)
        {
            Transport = transport,
            MaxReconnectDelay = TimeSpan.FromMilliseconds(500),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            KeepAliveTimeout = Silence,
            PollInterval = TimeSpan.FromMilliseconds(700),
            TransportRetryInterval = TimeSpan.FromSeconds(5),
        }, loggerFactory: logging)).ToList();
        List<IFollower> followers = [.. MakeFollowers(world.Cluster.Front.Address, clients, random)];
        var rest = new RestWriter(world.Cluster.Front.Address, string.Create(CultureInfo.InvariantCulture, $"rest{Seed}"), Seed, Silence, tally);

        using var stopWriting = new CancellationTokenSource();
        using var stopFollowing = new CancellationTokenSource();
        var following = followers.Select((follower, i) => Task.Run(() => FollowAfterAsync(follower, new Random(Seed + i), stopFollowing.Token), CancellationToken.None)).ToList();
        Task[] writing =
        [
            .. world.Shop.Writers(Seed, world.WriterErrors, tally).Select(write => Task.Run(() => write(stopWriting.Token), CancellationToken.None)),
            Task.Run(() => rest.WriteAsync(stopWriting.Token), CancellationToken.None),
            .. Retention is { } retention ? (Task[])[Trimmer.TrimAsync(world.File, retention, tally, stopWriting.Token)] : [],
        ];
        var failed = Task.WhenAny([.. following, .. writing]).Unwrap();
        IReadOnlyDictionary<string, ChangeHistory> histories;
        try
        {
            try
            {
                if (WaitsForWatches)
                    await Until.TrueAsync(() => followers.TrueForAll(follower => follower.Followed.HasBegun), failed);
                await disturb(world, failed);
            }
            finally
            {
                await stopWriting.CancelAsync();
                await Task.WhenAll(writing);
            }

            world.Cluster.Front.Cut();
            var failedToFollow = Task.WhenAny(following).Unwrap();
            var ended = TimeProvider.System.GetTimestamp();
            histories = await world.Shop.ReadAsync(world.Cluster);
            foreach (var follower in followers)
                await HistoryCheck.UntilCaughtUpAsync(follower.Followed, histories[follower.Followed.View.Resource], failedToFollow, Until.Patience, TestContext.Current.CancellationToken);
            tally.Add("milliseconds until the last watch had caught up", (long)TimeProvider.System.GetElapsedTime(ended).TotalMilliseconds);
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
        await CheckReadsAsync(world.Cluster, followers.ConvertAll(follower => follower.Followed), histories, random);
        world.Shop.CheckTables(histories);
        rest.Check(world.Shop.CountStamps());
        world.WriterErrors.Check();
        Assert.Empty(world.FindErrors());
        Expired = followers.Sum(follower => follower.Followed.Expired);
        Tell(world, followers, histories);
    }

    private static async Task InjectAsync(World world, Fault[] faults, Random random, CancellationToken stop)
    {
        if (faults.Length == 0)
            return;
        Fault[] drawn = [.. faults.SelectMany(fault => Enumerable.Repeat(fault, fault.Weight))];
        while (true)
        {
            await Fault.PauseAsync(random, 200, 2500, stop);
            if (stop.IsCancellationRequested)
                return;
            var fault = drawn[random.Next(drawn.Length)];
            await fault.InjectAsync(world, random, stop);
            world.Tally.Add(fault.Name);
        }
    }

    /// <summary>Every way to watch, each so often, over all the views.</summary>
    private IEnumerable<IFollower> MakeFollowers(Uri address, List<RealtimeApiClient> clients, Random random)
    {
        var (mayExpire, number) = (MayExpire ?? Retention is not null, random.Next(ShopSchema.Views.Count));
        for (var round = 0; round < Followers; round++)
        {
            for (var i = 0; i < clients.Count; i++)
                yield return new SdkFollower([clients[i]], NextView(select: false), (SdkFollower.Beginning)random.Next(3), Own(), mayExpire, $"SDK watch by {(WatchTransport)i}") { KeepsUp = FaultSettings.IsLong };
            yield return new HubFollower(address, "json", NextView(), random.Next(3) > 0, Own(), mayExpire, Silence);
            yield return new HubFollower(address, "messagepack", NextView(), random.Next(3) > 0, Own(), mayExpire, Silence);
            yield return new CurlFollower(address, NextView(), random.Next(3) > 0, Own(), mayExpire, Silence);
            yield return new PollFollower(address, NextView(), random.Next(3) > 0, Own(), mayExpire, Silence);
        }

        Random Own() => new(random.Next());

        View NextView(bool select = true)
        {
            while (true)
            {
                // The SDK's watches of one item have all its fields.
                var view = ShopSchema.Views[number++ % ShopSchema.Views.Count];
                if (select || view.Key is null || view.Select is null)
                    return view;
            }
        }
    }

    private async Task FollowAfterAsync(IFollower follower, Random random, CancellationToken stop)
    {
        await Task.Delay(Beginning * random.NextDouble(), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await follower.FollowAsync(stop);
    }

    /// <summary>On every host: what each watch leads to, what has happened, and two kinds of reads, all the same.</summary>
    private static async Task CheckReadsAsync(Cluster cluster, List<Followed> followers, IReadOnlyDictionary<string, ChangeHistory> histories, Random random)
    {
        using var client = new HttpClient();
        foreach (var followed in followers)
        {
            if (followed.Items is { } items)
                HistoryCheck.CheckItems(followed.ToString(), histories[followed.View.Resource].ItemsOf(followed.View), items);
        }

        foreach (var node in cluster.Nodes)
        {
            foreach (var view in ShopSchema.Views)
            {
                var expected = histories[view.Resource].ItemsOf(view);
                HistoryCheck.CheckItems(
                    $"A fresh read of {view} on host {node.Number}",
                    expected,
                    await FreshRead.ReadAsync(client, node.Address, view, random.Next(5, 100), ("Cache-Control", "no-cache"), TestContext.Current.CancellationToken));
                if (followers.Find(followed => followed.View == view) is { Cursor: { } cursor })
                {
                    HistoryCheck.CheckItems(
                        $"A read of {view} on host {node.Number} at least as new as a watch",
                        expected,
                        await FreshRead.ReadAsync(client, node.Address, view, random.Next(5, 100), ("Realtime-Min-Cursor", cursor), TestContext.Current.CancellationToken));
                }
            }
        }
    }

    private void Tell(World world, List<IFollower> followers, IReadOnlyDictionary<string, ChangeHistory> histories)
    {
        foreach (var node in world.Cluster.Nodes)
            Assert.True(node.Measure() < LargestWorkingSet, $"Host {node.Number} holds {node.Measure() / 1024 / 1024} MB.");
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            seed {Seed}: {histories.Values.Sum(history => history.Count)} changes, {followers.Sum(follower => follower.Followed.Count)} events to {followers.Count} watches, {followers.Sum(follower => follower.Followed.Resumed)} times resumed by hand, {Expired} times told that the cursor has expired
            {world.Tally}
            largest working set of a host {world.Cluster.Nodes.Max(node => node.LargestWorkingSet) / 1024 / 1024} MB
            """);
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        TestContext.Current.SendDiagnosticMessage(text);
    }

    private string Report(World world, Exception e)
    {
        var report = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{FaultSettings.Repeat} (seed {Seed}): {e.Message}").AppendLine(world.Tally.ToString());
        foreach (var error in world.FindErrors().Take(10))
            report.AppendLine(error);
        foreach (var line in world.Cluster.Nodes.SelectMany(node => node.Lines).Where(line => line.Contains("] warn:", StringComparison.Ordinal)).Take(10))
            report.AppendLine(line);
        foreach (var entry in clientLog.Entries.TakeLast(30))
            report.AppendLine(CultureInfo.InvariantCulture, $"client: {entry}");
        return report.ToString();
    }
}
