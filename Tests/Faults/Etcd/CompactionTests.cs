using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Etcd;

/// <summary>
/// What etcd's watches lost where its history was compacted: a delete exactly at the compaction (etcd issue 18089), and a delete before a watch that is opened at the revision of the
/// compaction (19179). Here trimming takes the place of compaction, and a cursor that of a revision.
/// </summary>
public sealed class CompactionTests : IDisposable
{
    private static readonly string[] Writes =
    [
        "INSERT INTO Items VALUES (1, 'a')",
        "UPDATE Items SET Text = 'b' WHERE Id = 1",
        "INSERT INTO Items VALUES (2, 'a')",
        "DELETE FROM Items WHERE Id = 1",
        "INSERT INTO Items VALUES (1, 'c')",
        "DELETE FROM Items WHERE Id = 2",
        "DELETE FROM Items WHERE Id = 1",
        "INSERT INTO Items VALUES (3, 'a')",
    ];

    private static readonly string[] Events = ["added 1", "modified 1", "added 2", "removed 1", "added 1", "removed 2", "removed 1", "added 3"];

    private readonly TempDatabase database = new("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Text TEXT)");

    public void Dispose() => database.Dispose();

    /// <summary>Trims after each change in turn, and opens watches at every cursor there was, before it, exactly at it and behind it, on the host that trimmed and on another.</summary>
    [Fact]
    public async Task Watch_OpenedAnywhereAroundWhatWasTrimmed_TellsEverythingOrThatItCannot()
    {
        await using var first = await TestServer.StartAsync(database.File);
        await using var second = await TestServer.StartAsync(database.File);
        var cursors = await WriteAsync(first);
        for (var trimmed = 0; trimmed < Writes.Length; trimmed++)
        {
            await TrimAsync(first, trimmed);
            foreach (var server in (TestServer[])[first, second])
            {
                for (var since = 0; since <= Writes.Length; since++)
                {
                    var poll = await Poll.Async(server, "api/items/changes", cursors[since]);
                    // What is trimmed may still be in a host's memory, and then be told.
                    if (poll.IsExpired)
                        Assert.True(since < trimmed, $"The cursor behind change {since} has expired, and {trimmed} changes were trimmed.");
                    else
                        Assert.Equal(Events[since..], poll.Events);
                }
            }
        }

        // Nothing of it is left in any memory.
        await using var restarted = await TestServer.StartAsync(database.File);
        for (var since = 0; since <= Writes.Length; since++)
        {
            var poll = await Poll.Async(restarted, "api/items/changes", cursors[since]);
            Assert.Equal(since < Writes.Length - 1, poll.IsExpired);
            if (!poll.IsExpired)
                Assert.Equal(Events[since..], poll.Events);
        }
    }

    /// <summary>The two at the same moment.</summary>
    [Fact]
    public async Task Watch_OpenedWhileTheLogIsTrimmed_TellsEverythingOrThatItCannot()
    {
        await using var first = await TestServer.StartAsync(database.File);
        var cursors = await WriteAsync(first);
        for (var i = 0; i < 60; i++)
            database.Execute("UPDATE Items SET Text = Text || 'x'");
        var all = await Poll.UntilAsync(first, "api/items/changes", cursors[0], Events.Length + 60);
        // Started now, it has nothing in memory, and reads the log beneath the trimming.
        await using var second = await TestServer.StartAsync(database.File);

        var trimming = Task.Run(
            async () =>
            {
                for (var trimmed = 1; trimmed < all.Events.Count; trimmed++)
                    await TrimAsync(first, trimmed);
            },
            TestContext.Current.CancellationToken);
        var (told, expired) = (0, 0);
        var random = new Random(1);
        while (!trimming.IsCompleted)
        {
            var since = random.Next(all.Events.Count);
            var poll = await Poll.Async(second, "api/items/changes", all.Ids![since]);
            if (poll.IsExpired)
            {
                expired++;
                continue;
            }

            told++;
            Assert.Equal(all.Ids.Skip(since + 1), poll.Ids);
        }

        await trimming;
        Assert.True(told > 0 && expired > 0, $"{told} told, {expired} expired");
    }

    /// <summary>Kubernetes' watches of what seldom changes fell behind etcd's compactions while they were idle (kubernetes issue 87292): a bookmark takes them along.</summary>
    [Fact]
    public async Task Watch_OfWhatSeldomChanges_IsNotOvertakenByTheTrimming()
    {
        database.Execute("CREATE TABLE Rare (Id INTEGER PRIMARY KEY)");
        await using var server = await TestServer.StartAsync(database.File, options => options.Watching.BookmarkInterval = TimeSpan.FromSeconds(1));
        await using var watch = await HubWatch.StartAsync(server.Address, "rare", since: null);
        var start = Seen.PositionOf(watch.Cursor);
        await WriteAsync(server);

        // Bookmarks only.
        while (Seen.PositionOf(watch.Cursor) < new RealtimeApi.Server.Feed.LogPosition(start.Major + Writes.Length))
            Assert.Empty(await watch.NextAsync());
        await TrimAsync(server, Writes.Length - 1);

        var poll = await Poll.Async(server, "api/rare/changes", watch.Cursor);
        Assert.False(poll.IsExpired);
        database.Execute("INSERT INTO Rare VALUES (1)");
        Assert.Equal(["added 1"], (await Poll.UntilAsync(server, "api/rare/changes", watch.Cursor!, 1)).Events);
    }

    /// <returns>The cursor before the first change, and behind each.</returns>
    private async Task<IReadOnlyList<string>> WriteAsync(TestServer server)
    {
        var start = (await Poll.Async(server, "api/items/changes", null)).Cursor!;
        foreach (var statement in Writes)
            database.Execute(statement);
        return [start, .. (await Poll.UntilAsync(server, "api/items/changes", start, Writes.Length)).Ids!];
    }

    /// <summary>Trims so many changes.</summary>
    private async Task TrimAsync(TestServer server, int changes)
    {
        // Trimming goes by time. The first of them is the first change, which comes after the marks where the capture began.
        database.Execute("UPDATE realtime_changelog SET time = position - (SELECT start_position FROM realtime_capture ORDER BY start_position DESC LIMIT 1)");
        await server.Services.GetRequiredService<IDatabase>().Log.TrimAsync(DateTimeOffset.FromUnixTimeMilliseconds(changes + 1), TestContext.Current.CancellationToken);
    }
}
