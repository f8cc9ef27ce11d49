using CsCheck;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>Peers come and go at random, while parts of a page ask who is there and its connection takes what it is told when it can.</summary>
public sealed class PresenceBoardPropertyTests
{
    private const int Peers = 3;

    private static readonly RoomAddress Board1 = new("log", "boards", "#1");

    /// <summary>Up to <see cref="Peers"/>: that peer comes, or goes where it is there.</summary>
    private static readonly Gen<int[]> Steps = Gen.Int[0, Ask].Array[1, 30];

    private const int Take = Peers;
    private const int Ask = Peers + 1;

    [Fact]
    public async Task EveryPartThatAsked_OnceAllIsTaken_KnowsWhoIsThere()
    {
        await using var connection = new StuckConnection();
        using var client = new Participant(connection.Hub, new());
        // Its outbox writes this for ever, so that what is told next is taken by this test alone.
        client.Outbox.Post(new(new InvocationMessage("Message", [])));

        Steps.Sample(
            steps =>
            {
                var board = new PresenceBoard();
                var watcher = new PresenceWatcher(board, client, Board1, "1");
                var there = new HashSet<string>(StringComparer.Ordinal);
                var parts = new List<HashSet<string>>();
                foreach (var step in steps)
                {
                    if (step == Ask)
                        parts.Add([.. board.Ask(watcher).Others.Select(static peer => peer.Id)]);
                    else if (step == Take)
                        TakeNext(watcher, parts);
                    else
                        Toggle(board, there, $"p{step}");
                }

                while (TakeNext(watcher, parts))
                {
                }

                return parts.TrueForAll(there.SetEquals);
            },
            iter: 20_000);
    }

    private static void Toggle(PresenceBoard board, HashSet<string> there, string id)
    {
        PresenceEntry entry = new(Board1, new Peer { Id = id });
        if (there.Add(id))
        {
            board.Apply([entry], []);
            return;
        }

        there.Remove(id);
        board.Apply([], [entry]);
    }

    private static bool TakeNext(PresenceWatcher watcher, List<HashSet<string>> parts)
    {
        if (watcher.TakeNext() is not { Message: InvocationMessage message })
            return false;
        var ids = ((Peer[])message.Arguments[2]!).Select(static peer => peer.Id).ToList();
        foreach (var part in parts)
        {
            if (message.Target == "Joined")
                part.UnionWith(ids);
            else
                part.ExceptWith(ids);
        }

        return true;
    }
}
