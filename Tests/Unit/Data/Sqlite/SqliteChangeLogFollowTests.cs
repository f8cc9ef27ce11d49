using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A reader that follows the log while several programs write and another node trims it.</summary>
public sealed class SqliteChangeLogFollowTests
{
    private const int Writers = 3;
    private const int Statements = 60;

    private long followed;

    [Fact]
    public async Task Follower_OfWritersInSeveralProcesses_SeesEveryChangeOnceAndInOrder()
    {
        await using var database = new SqliteChangeLogHarness("CREATE TABLE t (id INTEGER PRIMARY KEY, u UNIQUE, v); CREATE TABLE done (id INTEGER PRIMARY KEY);");
        var catalog = new ResourceCatalog([database.Define("t"), database.Define("done")]);
        var state = await database.Log.PrepareAsync(catalog, CancellationToken.None);
        var seed = Random.Shared.Next();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(database, writer, seed + writer))).ToArray();

        using var stop = new CancellationTokenSource();
        Volatile.Write(ref followed, state!.Head.Position.Major);
        var trimming = Task.Run(() => TrimAsync(database, stop.Token), TestContext.Current.CancellationToken);
        var items = new Dictionary<long, Item>();
        var after = state.Head;
        var done = 0;
        while (done < Writers)
        {
            var page = await database.Log.ReadAsync(catalog, after.Position, 2000, null, CancellationToken.None);
            Assert.Equal(after, page.After);
            Assert.True(page.LowWater <= after.Position, $"seed {seed}: trimmed what was to be kept");
            foreach (var change in page.Changes)
            {
                Assert.True(change.Point.Position > after.Position, $"seed {seed}: out of order");
                after = change.Point;
                if (change.Resource.Name == "done")
                    done++;
                else
                    Apply(items, change, seed);
            }

            after = page.Through;
            Volatile.Write(ref followed, after.Position.Major);
            if (!page.HasMore && done < Writers)
                await database.Log.WaitForWriteAsync(CancellationToken.None).WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(writers);
        await stop.CancelAsync();
        await trimming;
        using var connection = database.Connect();
        var rows = connection.Rows("SELECT id, u, v FROM t", reader => catalog.Find("t")!.Columns.Select((column, i) => SqliteProjection.Read(column, reader, i)).ToArray());
        Assert.Equal(rows.Count, items.Count);
        Assert.All(rows, row => Assert.True(ImageEquality.AreEqual(row, items[row[0].Integer].Values), $"seed {seed}"));
    }

    private static void Apply(Dictionary<long, Item> items, Change change, int seed)
    {
        var id = change.Item.Values[0].Integer;
        items.TryGetValue(id, out var held);
        Assert.True(
            change.Before is { } before ? held is not null && ImageEquality.AreEqual(held.Values, before.Values) : held is null,
            $"seed {seed}: {SqliteChangeLogHarness.Describe(change)} does not follow what came before");
        if (change.After is { } item)
            items[id] = item;
        else
            items.Remove(id);
    }

    /// <summary>The first writes as another process where it can, the others as other connections.</summary>
    private static void Write(SqliteChangeLogHarness database, int writer, int seed)
    {
        var random = new Random(seed);
        var statements = Enumerable.Range(0, Statements).Select(_ => random.Next(7) switch
        {
            0 or 1 => $"REPLACE INTO t VALUES ({random.Next(20)}, {random.Next(20)}, {random.Next()})",
            2 => $"INSERT OR IGNORE INTO t VALUES ({random.Next(20)}, {random.Next(20)}, {random.Next()})",
            3 => $"UPDATE OR REPLACE t SET u = {random.Next(20)}, v = {random.Next()} WHERE id = {random.Next(20)}",
            4 => $"DELETE FROM t WHERE id = {random.Next(20)}",
            5 => $"BEGIN IMMEDIATE;\nUPDATE t SET v = v + 1;\nDELETE FROM t WHERE id > 15;\n{(random.Next(2) == 0 ? "COMMIT" : "ROLLBACK")}",
            _ => $"INSERT INTO t SELECT id + 1, NULL, v FROM t WHERE id = {random.Next(20)} AND id + 1 NOT IN (SELECT id FROM t)",
        }).Append($"INSERT INTO done VALUES ({writer})");
        if (writer == 0 && SqliteShell.IsInstalled)
        {
            Assert.Empty(SqliteShell.Run(database.File, $".timeout 60000\n{string.Join(";\n", statements)};\n"));
            return;
        }

        using var connection = database.Connect();
        foreach (var statement in statements)
            connection.Run(statement);
    }

    /// <summary>Keeps trimming what the follower has left behind, made old for the purpose.</summary>
    private async Task TrimAsync(SqliteChangeLogHarness database, CancellationToken cancellationToken)
    {
        var another = database.OpenAnother();
        try
        {
            while (true)
            {
                database.Execute($"UPDATE realtime_changelog SET time = 0 WHERE time > 0 AND position <= {Volatile.Read(ref followed)}");
                try
                {
                    await another.TrimAsync(TimeProvider.System.GetUtcNow().AddDays(-1), cancellationToken);
                }
                catch (DatabaseUnavailableException)
                {
                    // The writers have kept the lock to themselves; as the server does, try again later.
                }

                await another.WaitForWriteAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
