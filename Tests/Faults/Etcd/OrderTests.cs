using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Etcd;

/// <summary>What etcd and Kubernetes told too early, twice, or from the past.</summary>
public sealed class OrderTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Kind INTEGER, Text TEXT)");

    public void Dispose() => database.Dispose();

    /// <summary>
    /// A progress notification that overtakes an event loses it for whoever resumes there (etcd issue 15220). Every cursor that a watch was given, be it an event's, a batch's or a bookmark's,
    /// is resumed on another host, and what had come before with what comes after is everything, once (duplicates on resuming would show, too).
    /// </summary>
    [Fact]
    public async Task Cursor_OfEveryEventAndBookmark_IsAheadOfNoEventAndBehindNone()
    {
        await using var first = await TestServer.StartAsync(database.File, options => options.Watching.BookmarkInterval = TimeSpan.FromSeconds(1));
        await using var second = await TestServer.StartAsync(database.File);
        await using var watch = await HubWatch.StartAsync(first.Address, "items", since: null, filter: "kind eq 3");
        var cursors = new List<(string Cursor, int Before)> { (watch.Cursor!, 0) };
        var ids = new List<string>();
        var bookmarks = 0;

        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAsync(() => Volatile.Read(ref bookmarks), stop.Token), TestContext.Current.CancellationToken);
        while (bookmarks < 4 || ids.Count < 40)
        {
            var batch = await watch.NextAsync();
            Volatile.Write(ref bookmarks, bookmarks + (batch.Count == 0 ? 1 : 0));
            foreach (var id in batch)
            {
                ids.Add(id);
                cursors.Add((id, ids.Count));
            }

            cursors.Add((watch.Cursor!, ids.Count));
        }

        await stop.CancelAsync();
        await writing;
        var all = await Poll.UntilAsync(first, "api/items/changes?$filter=kind%20eq%203", cursors[0].Cursor, Convert.ToInt32(database.Execute("SELECT count(*) FROM Items WHERE Kind = 3"), CultureInfo.InvariantCulture));
        Assert.Equal(ids, all.Ids!.Take(ids.Count));
        foreach (var (cursor, before) in cursors)
            Assert.Equal(all.Ids!.Skip(before), (await Poll.UntilAsync(second, "api/items/changes?$filter=kind%20eq%203", cursor, all.Ids!.Count - before)).Ids);
    }

    /// <summary>
    /// A client that has seen the newest state on one host and goes to another that is behind saw the past again (kubernetes issue 59848), or was sent events and notifications from before
    /// the revision that it asked for (etcd issue 20221). Here the second host is not told of writes and does not look for them itself.
    /// </summary>
    [Fact]
    public async Task Client_ThatGoesToAHostWhichIsBehind_SeesNothingOfThePast()
    {
        await using var first = await TestServer.StartAsync(database.File);
        await using var behind = await TestServer.StartAsync(
            database.File,
            options =>
            {
                options.Feed.PollInterval = TimeSpan.FromMinutes(1);
                options.Watching.BookmarkInterval = TimeSpan.FromSeconds(1);
            },
            DeafDatabase.Decorate);
        // So that it has answers in its memory.
        await using var keep = await HubWatch.StartAsync(behind.Address, "items", since: null);
        await behind.Client.GetStringAsync(new Uri("api/items", UriKind.Relative), TestContext.Current.CancellationToken);
        await behind.Client.GetStringAsync(new Uri("api/items", UriKind.Relative), TestContext.Current.CancellationToken);
        var start = (await Poll.Async(first, "api/items/changes", null)).Cursor!;
        for (var id = 1; id <= 50; id++)
            database.Execute($"INSERT INTO Items VALUES ({id}, 3, 'new')");
        var seen = (await Poll.UntilAsync(first, "api/items/changes", start, 50)).Cursor!;

        // A read that is at least as new as what was seen.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/items?$top=1000", UriKind.Relative));
        request.Headers.Add("Realtime-Min-Cursor", seen);
        using var response = await behind.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var list = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(50, list.RootElement.GetProperty("value").GetArrayLength());
        Assert.True(Seen.PositionOf(list.RootElement.GetProperty("cursor").GetString()) >= Seen.PositionOf(seen));

        // A watch from there: no event from before, no bookmark from before, and nothing expired, though this host has not come so far.
        await using var watch = await HubWatch.StartAsync(behind.Address, "items", since: seen);
        Assert.Equal(seen, watch.Cursor);
        database.Execute("INSERT INTO Items VALUES (51, 3, 'newer')");
        behind.Services.GetRequiredService<ChangeFeed>().Wake();
        IReadOnlyList<string> ids = [];
        while (ids.Count == 0)
        {
            ids = await watch.NextAsync();
            Assert.True(Seen.PositionOf(watch.Cursor) >= Seen.PositionOf(seen));
        }

        Assert.Equal((await Poll.UntilAsync(first, "api/items/changes", seen, 1)).Ids, ids);
    }

    /// <summary>A member that lost its newest writes and came back served watches from revisions that it had never reached. A cursor ahead of the log is refused, by every host and after new writes, too.</summary>
    [Fact]
    public async Task Cursor_AheadOfARestoredDatabase_IsExpired()
    {
        string before, ahead;
        var backup = database.File + ".backup";
        await using (var server = await TestServer.StartAsync(database.File))
        {
            before = (await Poll.Async(server, "api/items/changes", null)).Cursor!;
            database.Execute("INSERT INTO Items VALUES (1, 3, 'kept')");
            before = (await Poll.UntilAsync(server, "api/items/changes", before, 1)).Cursor!;
            database.Execute($"VACUUM INTO '{backup}'");
            database.Execute("INSERT INTO Items VALUES (2, 3, 'lost')");
            database.Execute("INSERT INTO Items VALUES (3, 3, 'lost')");
            ahead = (await Poll.UntilAsync(server, "api/items/changes", before, 2)).Cursor!;
        }

        new SqliteConnections(database.ConnectionString).Clear();
        foreach (var file in (string[])[database.File, database.File + "-wal", database.File + "-shm"])
            File.Delete(file);
        File.Move(backup, database.File);
        await using var restored = await TestServer.StartAsync(database.File);
        await using var another = await TestServer.StartAsync(database.File);

        foreach (var server in (TestServer[])[restored, another])
        {
            Assert.True((await Poll.Async(server, "api/items/changes", ahead)).IsExpired);
            Assert.Equal([], (await Poll.Async(server, "api/items/changes", before)).Events);
        }

        // The log grows past the position, with other changes.
        for (var id = 10; id < 20; id++)
            database.Execute($"INSERT INTO Items VALUES ({id}, 3, 'other')");
        foreach (var server in (TestServer[])[restored, another])
        {
            Assert.Equal(10, (await Poll.UntilAsync(server, "api/items/changes", before, 10)).Events.Count);
            Assert.True((await Poll.Async(server, "api/items/changes", ahead)).IsExpired);
        }
    }

    /// <summary>Many rows of the watched kind at a time, and between them those of others, until a bookmark has come among them; a few of the watched kind may come just then.</summary>
    private async Task WriteAsync(Func<int> bookmarks, CancellationToken stop)
    {
        var random = new Random(1);
        using var connection = database.Open();
        for (int id = 1, left = 0, seen = 0; !stop.IsCancellationRequested; id++)
        {
            if (left == 0 && bookmarks() > seen)
                (left, seen) = (30, bookmarks());
            var kind = left > 0 ? random.Next(2, 4) : random.Next(400) == 0 ? 3 : 1;
            left = Math.Max(0, left - 1);
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO Items VALUES ($id, $kind, 'x')";
            command.Parameters.AddWithValue("$id", id);
            command.Parameters.AddWithValue("$kind", kind);
            command.ExecuteNonQuery();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(10)), TimeProvider.System, CancellationToken.None);
        }
    }
}
