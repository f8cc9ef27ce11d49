using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>PROTOCOL, section SignalR, <c>Send</c> and <c>Message</c>, as a plain SignalR client sees it. Every hub protocol inherits it.</summary>
public abstract class MessagesSpecification(string protocol) : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE boards (id INTEGER PRIMARY KEY, title TEXT);
        CREATE TABLE customers (code TEXT PRIMARY KEY COLLATE NOCASE, name TEXT);
        CREATE TABLE seats (row INTEGER, col INTEGER, PRIMARY KEY (row, col));
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_ToAnItem_ReachesTheOthersWhoWatchItAndNobodyElse()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "boards", "1");
        await using var other = await WatchAsync(server, "boards", "1");
        await using var elsewhere = await WatchAsync(server, "boards", "2");
        await using var ofAll = await WatchAsync(server, "boards", null);
        var (toSender, toOther, toElsewhere, toAll) = (Heard.Messages(sender), Heard.Messages(other), Heard.Messages(elsewhere), Heard.Messages(ofAll));

        await SendAsync(sender, "boards", "1", new { x = 3, y = 4.5, by = "Ada", path = new object?[] { 1, null, true } });
        var message = await toOther.NextAsync();
        await SendAsync(other, "boards", "1", "done");
        var answer = await toSender.NextAsync();

        Assert.Equal("boards", message[0].GetString());
        Assert.Equal("1", message[1].GetString());
        Assert.Equal("""{"x":3,"y":4.5,"by":"Ada","path":[1,null,true]}""", message[3].GetRawText());
        Assert.Equal("done", answer[3].GetString());
        // What comes to each of them next is what was sent to them next.
        await using var besideOther = await WatchAsync(server, "boards", "1");
        await NextIsSentAsync(besideOther, "1", toSender, toOther);
        await using var besideElsewhere = await WatchAsync(server, "boards", "2");
        await NextIsSentAsync(besideElsewhere, "2", toElsewhere);
        await using var besideAll = await WatchAsync(server, "boards", null);
        await NextIsSentAsync(besideAll, null, toAll);
    }

    [Fact]
    public async Task Send_WithoutAKey_ReachesThoseWhoWatchTheResourceWithoutAKey()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "boards", null);
        await using var filtered = await HubClient.ConnectAsync(server, protocol);
        await filtered.SubscribeAsync("w", new { resource = "Boards", filter = "title eq 'x'" });
        await using var ofItem = await WatchAsync(server, "boards", "1");
        var (toFiltered, toItem) = (Heard.Messages(filtered), Heard.Messages(ofItem));

        await SendAsync(sender, "BOARDS", null, 42);
        var message = await toFiltered.NextAsync();

        Assert.Equal(["boards", null], [message[0].GetString(), message[1].GetString()]);
        Assert.Equal(42, message[3].GetInt32());
        await using var besideItem = await WatchAsync(server, "boards", "1");
        await NextIsSentAsync(besideItem, "1", toItem);
    }

    [Fact]
    public async Task Send_KeysThatTheDatabaseCallsEqual_MeetAndEachSeesItsOwnSpelling()
    {
        await using var server = await StartAsync();
        await using var small = await WatchAsync(server, "customers", "alfki");
        await using var large = await WatchAsync(server, "customers", "ALFKI");
        var toLarge = Heard.Messages(large);

        await SendAsync(small, "customers", "Alfki", "hello");

        Assert.Equal("ALFKI", (await toLarge.NextAsync())[1].GetString());
    }

    /// <summary>Parts of a client that know nothing of each other share its connection.</summary>
    [Fact]
    public async Task Send_ToOneThatSpellsTheKeyInTwoWays_IsToldInEach()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "customers", "alfki");
        await using var other = await WatchAsync(server, "customers", "ALFKI");
        await other.SubscribeAsync("w2", new { resource = "customers", key = "Alfki" });
        await other.SubscribeAsync("w3", new { resource = "customers", key = "ALFKI" });
        var heard = Heard.Messages(other);

        await SendAsync(sender, "customers", "alfki", 1);
        Assert.Equal(["ALFKI", "Alfki"], [(await heard.NextAsync())[1].GetString(), (await heard.NextAsync())[1].GetString()]);

        await other.UnsubscribeAsync("w");
        await other.UnsubscribeAsync("w2");
        foreach (var number in (int[])[2, 3])
        {
            await SendAsync(sender, "customers", "alfki", number);
            var message = await heard.NextAsync();
            Assert.Equal(("ALFKI", number), (message[1].GetString(), message[3].GetInt32()));
        }
    }

    [Fact]
    public async Task Send_CompositeKey_ReachesTheOthersOfTheItem()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "seats", "1,2");
        await using var other = await WatchAsync(server, "seats", "01,2");
        var toOther = Heard.Messages(other);

        await SendAsync(sender, "seats", "1,2", "taken");

        Assert.Equal("01,2", (await toOther.NextAsync())[1].GetString());
    }

    [Fact]
    public async Task From_NamesTheSenderTheSameEachTimeAndNotByItsConnection()
    {
        await using var server = await StartAsync();
        await using var first = await WatchAsync(server, "boards", "1", skipNegotiation: false);
        await using var second = await WatchAsync(server, "boards", "1");
        await using var listener = await WatchAsync(server, "boards", "1");
        var heard = Heard.Messages(listener);

        var from = new List<string>();
        foreach (var sender in (HubClient[])[first, second, first])
        {
            await SendAsync(sender, "boards", "1", null);
            var message = await heard.NextAsync();
            from.Add(message[2].GetString()!);
            Assert.Equal(JsonValueKind.Null, message[3].ValueKind);
        }

        Assert.Equal(from[0], from[2]);
        Assert.NotEqual(from[0], from[1]);
        Assert.NotEqual(first.Connection.ConnectionId, from[0]);
        Assert.Matches("^[A-Za-z0-9_-]{16}$", from[0]);
    }

    [Fact]
    public async Task Messages_OfOneSender_ComeInOrder()
    {
        await using var server = await StartAsync(options => (options.Messages.PerSecond, options.Messages.Burst) = (1000, 1000));
        await using var sender = await WatchAsync(server, "boards", "1");
        await using var other = await WatchAsync(server, "boards", "1");
        var heard = Heard.Messages(other);

        for (var i = 0; i < 200; i++)
            await SendAsync(sender, "boards", "1", i);

        for (var i = 0; i < 200; i++)
            Assert.Equal(i, (await heard.NextAsync())[3].GetInt32());
    }

    [Fact]
    public async Task Send_AfterTheLastWatchOfTheItemHasEnded_IsForbiddenAndNothingComesAnyMore()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "boards", "1");
        await using var other = await WatchAsync(server, "boards", "1");
        await other.SubscribeAsync("w2", new { resource = "boards", key = "1" });
        var heard = Heard.Messages(other);

        await other.UnsubscribeAsync("w");
        await SendAsync(sender, "boards", "1", "still");
        var still = await heard.NextAsync();
        await other.UnsubscribeAsync("w2");
        await SendAsync(sender, "boards", "1", "gone");
        await other.SubscribeAsync("w3", new { resource = "boards", key = "1" });
        await other.UnsubscribeAsync("w3");

        Assert.Equal("still", still[3].GetString());
        await other.SubscribeAsync("w4", new { resource = "boards", key = "1" });
        await NextIsSentAsync(sender, "1", heard);
        await other.UnsubscribeAsync("w4");
        await RefusedAsync(other, "forbidden: Only who watches this item of 'boards' by its key on this connection may send to it; subscribe first.", "boards", "1", 1);
    }

    [Fact]
    public async Task Send_ThatIsNotAllowed_IsRefusedWithItsCode()
    {
        await using var server = await StartAsync();
        await using var client = await WatchAsync(server, "boards", "1");
        await client.SubscribeAsync("notes", new { resource = "notes" });

        await RefusedAsync(client, "unknown-resource: There is no resource 'nothing'.", "nothing", null, 1);
        await RefusedAsync(client, "unknown-resource: The name of a resource is missing.", null, null, 1);
        await RefusedAsync(client, "forbidden: The resource 'notes' does not allow messages.", "notes", null, 1);
        await RefusedAsync(client, "forbidden: Only who watches the resource 'boards' without a key on this connection may send to it; subscribe first.", "boards", null, 1);
        await RefusedAsync(client, "forbidden: Only who watches this item of 'boards' by its key on this connection may send to it; subscribe first.", "boards", "2", 1);
        await RefusedAsync(client, "invalid-query: '1' cannot be a key of 'seats'.", "seats", "1", 1);
        await RefusedAsync(client, "payload-too-large: The message has 4097 bytes of JSON; it may have 4096.", "boards", "1", new string('x', 4095));
        await SendAsync(client, "boards", "1", new string('x', 4094));
    }

    [Fact]
    public async Task Send_FasterThanAllowed_IsRefusedWithTheTimeToWait()
    {
        await using var server = await StartAsync(options => (options.Messages.PerSecond, options.Messages.Burst) = (1, 5));
        await using var client = await WatchAsync(server, "boards", "1");
        await using var other = await WatchAsync(server, "boards", "1");

        var sent = 0;
        var refusal = await Assert.ThrowsAsync<HubException>(async () =>
        {
            for (; sent < 1000; sent++)
                await SendAsync(client, "boards", "1", sent);
        });

        Assert.InRange(sent, 5, 100);
        Assert.Equal("limit-exceeded: A connection may send 1 messages in a second, and 5 at once after a pause. Try again in 1 seconds.", refusal.Message);
        await SendAsync(other, "boards", "1", "another connection has its own limit");
    }

    [Fact]
    public async Task Send_WithTooFewArguments_SaysWhatItTakes()
    {
        await using var server = await StartAsync();
        await using var client = await WatchAsync(server, "boards", "1");

        var refusal = await Assert.ThrowsAsync<HubException>(() => client.Connection.InvokeAsync("Send", "boards", "1", Cancellation));

        Assert.Equal("invalid-body: Send takes three arguments: the resource, a string; the key, a string or null; and the message, any JSON value.", refusal.Message);
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Task SendAsync(HubClient client, string? resource, string? key, object? message) =>
        client.Connection.InvokeAsync("Send", resource, key, message, Cancellation);

    /// <summary>Sends to a board, and checks that those who hear it have heard nothing before.</summary>
    private static async Task NextIsSentAsync(HubClient sender, string? key, params Heard[] heard)
    {
        await SendAsync(sender, "boards", key, "next");
        foreach (var one in heard)
            Assert.Equal("next", (await one.NextAsync())[3].ToString());
    }

    private static async Task RefusedAsync(HubClient client, string expected, string? resource, string? key, object? message) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<HubException>(() => SendAsync(client, resource, key, message))).Message);

    private async Task<HubClient> WatchAsync(TestServer server, string resource, string? key, bool skipNegotiation = true)
    {
        var client = await HubClient.ConnectAsync(server, protocol, skipNegotiation);
        await client.SubscribeAsync("w", new { resource, key });
        return client;
    }

    private Task<TestServer> StartAsync(Action<RealtimeApiOptions>? configure = null) => TestServer.StartAsync(database, options =>
    {
        options.Resources["*"].Messages = true;
        options.Resources["notes"] = new() { Messages = false };
        configure?.Invoke(options);
    });
}
