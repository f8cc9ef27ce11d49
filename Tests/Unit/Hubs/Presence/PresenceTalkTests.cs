using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

public sealed class PresenceTalkTests
{
    private static readonly PresenceEntry Ada = new(new("log", "boards", "#1"), new Peer { Id = "ada" });

    private readonly FakeTimeProvider clock = new();

    /// <summary>A database that was replaced and put back within seconds: who left meanwhile has left.</summary>
    [Fact]
    public void Log_ThatIsLeftAndComesBack_IsToldAnew()
    {
        var talk = new PresenceTalk(new(), "first", PresentNode.Heartbeat, clock);
        talk.TurnTo("log");
        talk.Change(Ada, joined: true);
        var listener = new PresenceNode();
        Assert.Single(Hear(listener, Assert.Single(States(talk)))!.Value.Joined);

        talk.TurnTo("other log");
        talk.TakeDue();
        talk.Change(Ada, joined: false);
        talk.TakeDue();
        talk.TurnTo("log");

        Assert.Single(Hear(listener, Assert.Single(States(talk)))!.Value.Left);
    }

    /// <summary>What is told twice may be divided otherwise the second time.</summary>
    [Fact]
    public void State_OfWhichPartsAreLost_IsNotMadeUpOfTwo()
    {
        var talk = new PresenceTalk(new(), "first", PresentNode.Heartbeat, clock, maxEntries: 1);
        talk.TurnTo("log");
        PresenceEntry[] all = [Ada, Ada with { Peer = new() { Id = "bob" } }];
        Array.ForEach(all, entry => talk.Change(entry, joined: true));
        var first = States(talk);
        Array.ForEach(all, entry => talk.Change(entry, joined: false));
        Array.ForEach(all, entry => talk.Change(entry, joined: true));
        talk.Hear("log", new() { Node = "second", Kind = PresenceMessageKind.Question });
        var second = States(talk);
        Assert.Equal((2, 2), (first.Count, second.Count));
        Assert.Equal(first[0].Joined![0].Id, second[1].Joined![0].Id);

        var listener = new PresenceNode();
        Assert.Null(Hear(listener, first[0]));
        Assert.Null(Hear(listener, second[1]));
        Assert.Null(listener.Count);
    }

    private static List<PresenceMessage> States(PresenceTalk talk) => talk.TakeDue().FindAll(static message => message.Kind == PresenceMessageKind.State);

    private static (List<PresenceEntry> Joined, List<PresenceEntry> Left)? Hear(PresenceNode listener, PresenceMessage state) =>
        listener.TakeState(state.Count, state.State, state.Part, state.IsLast, state.Joined!.Select(static entry => entry.On("log")));
}
