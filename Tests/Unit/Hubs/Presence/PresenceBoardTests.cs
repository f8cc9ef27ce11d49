using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.Unit.Hubs.Rooms;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

public sealed class PresenceBoardTests
{
    private static readonly RoomAddress Board1 = new("log", "boards", "#1");
    private static readonly PresenceEntry Ada = new(Board1, new Peer { Id = "ada" });
    private static readonly PresenceEntry Bob = new(Board1, new Peer { Id = "bob" });

    private readonly PresenceBoard board = new();

    [Fact]
    public async Task Ask_ByMoreThanMayBeTold_IsRefusedUntilOneLeaves()
    {
        await using var connection = new StuckConnection();
        using var client = new Participant(connection.Hub, new());
        var watchers = Enumerable.Range(0, PresenceBoard.MaxWatchers).Select(_ => Watcher(client)).ToList();
        watchers.ForEach(watcher => board.Ask(watcher));

        var refusal = Assert.Throws<ProblemException>(() => board.Ask(Watcher(client)));
        Assert.Equal(ProblemCodes.LimitExceeded, refusal.Code);
        board.Ask(watchers[0]);

        board.Forget(watchers[0]);
        board.Ask(Watcher(client));
    }

    [Fact]
    public async Task Ask_WhereMoreAreThanAReplyNames_CountsAllAndTellsAll()
    {
        await using var connection = new StuckConnection();
        using var client = new Participant(connection.Hub, new());
        board.Apply([.. Enumerable.Range(0, 1234).Select(i => new PresenceEntry(Board1, new Peer { Id = $"p{i}" }))], []);

        var reply = board.Ask(Watcher(client));
        var told = 0;
        while (told < 1234)
        {
            var (target, arguments) = await connection.TakeCallAsync();
            Assert.Equal("Joined", target);
            Assert.InRange(arguments[2].GetArrayLength(), 1, 100);
            told += arguments[2].GetArrayLength();
        }

        Assert.Equal((1234, 1000), (reply.Count, reply.Others.Count));
        Assert.Equal(1234, told);
    }

    /// <summary>The reply has named them, and a client that takes it for who is there would never hear of them again.</summary>
    [Fact]
    public async Task Ask_WhereANamedOneLeavesBeforeAnythingWasTold_TellsThatTheyLeft()
    {
        await using var connection = new StuckConnection();
        using var client = new Participant(connection.Hub, new());
        board.Apply([Ada], []);
        client.Outbox.Post(new(new InvocationMessage("Message", [])));

        var reply = board.Ask(Watcher(client));
        board.Apply([Bob], [Ada]);
        board.Apply([], [Bob]);
        await connection.TakeCallAsync();

        Assert.Equal([Ada.Peer], reply.Others);
        Assert.Equal("Left ada", await ToldAsync(connection));
        board.Apply([Bob], []);
        Assert.Equal("Joined bob", await ToldAsync(connection));
    }

    /// <summary>The first part of a page that asked knows of them, and the second, which asks while they are away, does not.</summary>
    [Theory, InlineData(true, "Joined ada"), InlineData(false, "Left ada")]
    public async Task AskAgain_WhereOneWhoseLeavingWaitsIsNotNamed_TellsWhetherTheyCameBack(bool stays, string told)
    {
        await using var connection = new StuckConnection();
        using var client = new Participant(connection.Hub, new());
        board.Apply([Ada], []);
        var watcher = Watcher(client);
        board.Ask(watcher);
        await connection.PeekCallAsync();

        board.Apply([], [Ada]);
        var reply = board.Ask(watcher);
        board.Apply([Ada], []);
        if (!stays)
            board.Apply([], [Ada]);

        Assert.Empty(reply.Others);
        Assert.Equal("Joined ada", await ToldAsync(connection));
        Assert.Equal(told, await ToldAsync(connection));
    }

    private static async Task<string> ToldAsync(StuckConnection connection)
    {
        var (target, arguments) = await connection.TakeCallAsync();
        return $"{target} {Assert.Single(arguments[2].EnumerateArray()).GetProperty("id").GetString()}";
    }

    private PresenceWatcher Watcher(Participant client) => new(board, client, Board1, "1");
}
