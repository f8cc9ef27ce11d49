using System.Globalization;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>Random statements on random tables: what the log says, replayed, must be what the tables hold.</summary>
public sealed class SqliteCaptureOracleTests
{
    /// <summary>To look at one failure again, or for a longer run than the build's.</summary>
    private static readonly string? Seed = Environment.GetEnvironmentVariable("CAPTURE_SEED");
    private static readonly string? Runs = Environment.GetEnvironmentVariable("CAPTURE_RUNS");

    [Fact]
    public async Task Log_OfRandomStatementsOfThisLibrary_ReplaysToTheTables()
    {
        foreach (var seed in Seeds(40))
            await RunAsync(seed, static (database, statements) =>
            {
                using var connection = database.Connect();
                foreach (var statement in statements)
                {
                    try
                    {
                        connection.Run(statement);
                    }
                    catch (SqliteException e) when (e.SqliteErrorCode is 1 or 19 or 20)
                    {
                        Accept(e.Message);
                    }
                }
            });
    }

    [Fact]
    public async Task Log_OfRandomStatementsOfTheShell_ReplaysToTheTables()
    {
        Requirements.SkipUnless(SqliteShell.IsInstalled, SqliteShell.Missing);
        foreach (var seed in Seeds(40))
            await RunAsync(seed, static (database, statements) =>
            {
                foreach (var error in SqliteShell.Run(database.File, string.Join(";\n", statements.Select(statement => statement.TrimEnd())) + ";\n"))
                    Accept(error);
            });
    }

    private static IEnumerable<int> Seeds(int count)
    {
        if (Seed is not null)
            return [int.Parse(Seed, CultureInfo.InvariantCulture)];
        var first = Random.Shared.Next(1_000_000_000);
        return Enumerable.Range(first, Runs is null ? count : int.Parse(Runs, CultureInfo.InvariantCulture));
    }

    /// <summary>Errors that the statements bring about by themselves; one of the product's own making fails the test.</summary>
    private static void Accept(string error)
    {
        if (error.Contains("realtime_", StringComparison.Ordinal) || error.Contains("no such", StringComparison.Ordinal) && !error.Contains("no such savepoint", StringComparison.Ordinal))
            throw new InvalidOperationException(error);
    }

    private static async Task RunAsync(int seed, Action<SqliteChangeLogHarness, List<string>> execute)
    {
        var random = new Random(seed);
        var schema = new RandomSchema(random);
        var statements = Enumerable.Range(0, 8).Select(_ => schema.Statement()).ToList();
        await using var database = new SqliteChangeLogHarness("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + string.Join("\n;\n", schema.Sql) + "\n;");
        var lines = new List<string>();
        try
        {
            // A part of the rows is there before the capture begins.
            execute(database, statements);
            var catalog = new ResourceCatalog(schema.Tables.Select(table => database.Define(table)));
            var start = await database.Log.PrepareAsync(catalog, CancellationToken.None);
            var items = new Dictionary<(string, ItemKey), Item>();
            foreach (var resource in catalog.Resources)
                foreach (var item in ReadTable(database, resource))
                    items.Add((resource.Name, item.Key), item);

            var more = Enumerable.Range(0, 60).Select(_ => schema.Statement()).ToList();
            statements.Add("-- capture begins");
            statements.AddRange(more);
            execute(database, ["PRAGMA synchronous = OFF", .. more]);

            var after = start!.Head.Position;
            bool hasMore;
            do
            {
                var page = await database.Log.ReadAsync(catalog, after, random.Next(3) == 0 ? 1 : 5000, null, CancellationToken.None);
                foreach (var change in page.Changes)
                {
                    lines.Add($"{change.Point.Position.Major}: {SqliteChangeLogHarness.Describe(change)}");
                    Apply(items, change, schema.IsStrict);
                }

                after = page.Through.Position;
                hasMore = page.HasMore;
            }
            while (hasMore);

            foreach (var resource in catalog.Resources)
            {
                var expected = ReadTable(database, resource);
                var gone = items.Where(entry => entry.Key.Item1 == resource.Name).Select(entry => entry.Value).ExceptBy(expected.Select(item => item.Key), item => item.Key);
                Assert.True(!gone.Any(), $"The log still has {string.Join("; ", gone.Select(Show))}.");
                foreach (var item in expected)
                    Assert.True(
                        items.TryGetValue((resource.Name, item.Key), out var replayed) && ImageEquality.AreEqual(item.Values, replayed.Values),
                        $"The table has {Show(item)}, the log leads to {(replayed is null ? "nothing" : Show(replayed))}.");
            }

            Assert.Equal("ok", database.Scalar("PRAGMA integrity_check"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"CAPTURE_SEED={seed}: {e.Message}\n{string.Join("\n;\n", schema.Sql)}\n;\n{string.Join(";\n", statements)};\nLog:\n{string.Join('\n', lines)}", e);
        }
    }

    private static void Apply(Dictionary<(string, ItemKey), Item> items, Change change, bool strict)
    {
        var name = change.Resource.Name;
        if (strict)
        {
            items.TryGetValue((name, change.Item.Key), out var held);
            if (change.Before is { } before)
                Assert.True(held is not null && ImageEquality.AreEqual(held.Values, before.Values), $"{change.Point.Position.Major}: before is not what the log gave last");
            else
                Assert.True(held is null, $"{change.Point.Position.Major}: inserts what is there");
        }

        if (change is { Before: { } from, After: { } to })
        {
            Assert.True(from.Key.Text == to.Key.Text, $"{change.Point.Position.Major}: an update of the key");
            if (strict)
                Assert.False(ImageEquality.AreEqual(from.Values, to.Values), $"{change.Point.Position.Major}: changes nothing");
        }

        if (change.After is { } item)
            items[(name, item.Key)] = item;
        else
            items.Remove((name, change.Before!.Key));
    }

    private static List<Item> ReadTable(SqliteChangeLogHarness database, ResourceDefinition resource)
    {
        using var connection = database.Connect();
        var columns = string.Join(", ", resource.Columns.Select(column => SqliteName.Quote(column.Column)));
        return connection.Rows(
            $"SELECT {columns} FROM {SqliteName.Quote(resource.Table.Name)}",
            reader => new Item(resource, [.. resource.Columns.Select((column, i) => SqliteProjection.Read(column, reader, i))]))
            .FindAll(item => ItemKey.IsComplete(resource, item.Values));
    }

    private static string Show(Item item) => string.Join(',', item.Values.Select(value => $"{value.Kind}:{value}"));
}
