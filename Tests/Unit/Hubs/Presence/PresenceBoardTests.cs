using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.Unit.Hubs.Rooms;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

public sealed class PresenceBoardTests
{
    private static readonly RoomAddress Board1 = new("log", "boards", "#1");

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

    private PresenceWatcher Watcher(Participant client) => new(board, client, Board1, "1");
}
