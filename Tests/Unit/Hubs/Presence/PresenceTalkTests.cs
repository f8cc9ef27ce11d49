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
        var talk = Make(new(), "first");
        talk.TurnTo("log");
        talk.Change(Ada, joined: true);
        var listener = new PresenceNode();
        Assert.Single(Hear(listener, talk).Joined);

        talk.TurnTo("other log");
        talk.TakeDue();
        talk.Change(Ada, joined: false);
        talk.TakeDue();
        talk.TurnTo("log");

        Assert.Single(Hear(listener, talk).Left);
    }

    private static (List<PresenceEntry> Joined, List<PresenceEntry> Left) Hear(PresenceNode listener, PresenceTalk talk)
    {
        var state = Assert.Single(talk.TakeDue(), static message => message.Kind == PresenceMessageKind.State);
        return listener.TakeState(state.Count, state.Part, state.IsLast, state.Joined!.Select(static entry => entry.On("log"))) ?? ([], []);
    }

    private PresenceTalk Make(PresenceBoard board, string node) => new(board, node, PresentNode.Heartbeat, clock);
}
