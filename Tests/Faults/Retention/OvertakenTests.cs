using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Faults.Etcd;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Retention;

/// <summary>
/// A client takes nothing for longer than the log is kept, on a connection that survives it: what it has not been sent is gone, and then it must be told so, instead of being sent what comes
/// behind the hole.
/// </summary>
public sealed class OvertakenTests : IDisposable
{
    /// <summary>Together more than the system keeps for a connection that nobody reads.</summary>
    private const int Rows = 400;

    private static readonly string Text = new('x', 50_000);

    private readonly TempDatabase database = new("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Text TEXT)");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task HubWatch_OvertakenByTheRetention_IsToldSoAndSentNothingBehindTheHole()
    {
        await using var server = await StartAsync();
        await using var proxy = new CuttableProxy(server.Address);
        await using var client = await HubWatch.StartAsync(proxy.Address, "items", since: null);
        var keys = new List<string>();

        await OvertakeAsync(server, proxy);
        JsonElement? problem = null;
        var cursor = client.Cursor;
        while (problem is null)
        {
            var push = await client.NextPushAsync();
            problem = push.Problem;
            if (push.Batch is not { } batch)
                continue;
            Assert.Equal(cursor, batch.From);
            cursor = batch.Cursor;
            foreach (var change in batch.Changes)
                Add(keys, change);
        }

        Check(keys, problem.Value);
        // The connection is as good as before.
        await client.SubscribeAsync("w", new { resource = "items" });
        database.Execute("DELETE FROM Items WHERE Id = 1");
        Assert.Equal("1", Assert.Single((await client.NextPushAsync()).Batch!.Changes).GetProperty("subject").GetString());
        Assert.Equal(1, proxy.Accepted);
    }

    [Fact]
    public async Task EventStream_OvertakenByTheRetention_IsToldSoAndSentNothingBehindTheHole()
    {
        await using var server = await StartAsync();
        await using var proxy = new CuttableProxy(server.Address);
        using var http = new HttpClient { BaseAddress = proxy.Address };
        await using var stream = await http.GetStreamAsync(new Uri("api/items/events", UriKind.Relative), Cancellation);
        using var reader = new StreamReader(stream);
        Assert.Equal("bookmark", (await NextAsync(reader)).Type);
        var keys = new List<string>();

        await OvertakeAsync(server, proxy);
        JsonElement? problem = null;
        while (problem is null)
        {
            var (type, json) = await NextAsync(reader);
            if (type == "ended")
                problem = json;
            else
                Add(keys, json);
        }

        Check(keys, problem.Value);
        Assert.Null(await reader.ReadLineAsync(Cancellation));
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(
        database.File,
        static options =>
        {
            options.Feed.WindowBytes = 64 * 1024;
            // Otherwise the connection would not survive; nor would it without SignalR's pings, which do not pass, either.
            options.Watching.SendTimeout = TimeSpan.FromHours(1);
        },
        static services => services.Configure<HubOptions>(static hub => hub.ClientTimeoutInterval = TimeSpan.FromHours(1)));

    /// <summary>Writes while nothing is passed on, trims what can be trimmed, and passes on again.</summary>
    private async Task OvertakeAsync(TestServer server, CuttableProxy proxy)
    {
        proxy.Hold();
        for (var id = 1; id <= Rows; id++)
            database.Execute("INSERT INTO Items VALUES ($id, $text)", ("$id", id), ("$text", Text));
        var head = new LogPosition((long)database.Execute("SELECT max(position) FROM realtime_changelog")!);
        // In memory is only the end.
        var feed = server.Services.GetRequiredService<ChangeFeed>();
        for (var state = feed.State; state!.Head.Position < head;)
            state = await feed.WaitAsync(state, Cancellation);
        await server.Services.GetRequiredService<IDatabase>().Log.TrimAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1), Cancellation);
        Assert.Equal(1L, database.Execute("SELECT count(*) FROM realtime_changelog"));
        proxy.Release();
    }

    private static void Check(List<string> keys, JsonElement problem)
    {
        Assert.Equal("/problems/" + ProblemCodes.CursorExpired, problem.GetProperty("type").GetString());
        // A busy machine may have sent nothing before the hole.
        Assert.InRange(keys.Count, 0, Rows - 1);
    }

    /// <summary>Takes an event down, which must be the next: behind the hole nothing may come.</summary>
    private static void Add(List<string> keys, JsonElement change)
    {
        keys.Add(change.GetProperty("subject").GetString()!);
        Assert.Equal($"{keys.Count}", keys[^1]);
    }

    private static async Task<(string Type, JsonElement Json)> NextAsync(StreamReader reader)
    {
        var (type, data) = ("", "");
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line["data: ".Length..];
            else if (line.Length == 0 && type.Length > 0)
                return (type, JsonElement.Parse(data));
        }

        throw new InvalidOperationException("The stream ended without a word.");
    }
}
