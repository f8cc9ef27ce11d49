using System.Text.Json;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Rooms;

public sealed class RoomNewsTests
{
    private readonly List<string> told = [];
    private readonly RoomNews news;
    private Action? onTold;

    public RoomNewsTests() => news = new(
        change => Told($"+{string.Join(',', change.Joined.Select(static peer => peer.Id))} -{string.Join(',', change.Left.Select(static peer => peer.Id))}"),
        message => Told(message.Content.GetRawText()));

    [Fact]
    public async Task Peers_WhoComeAndGo_AreToldOnce()
    {
        var visit = Begun();
        visit.Tell([Peer("ada"), Peer("bob")], joined: true);
        await visit.RaiseAsync();
        visit.Tell([Peer("ada"), Peer("eve")], joined: true);
        visit.Tell([Peer("bob")], joined: false);
        await visit.RaiseAsync();
        await visit.RaiseAsync();

        Assert.Equal(["+ada,bob -", "+eve -bob"], told);
        Assert.Equal(["ada", "eve"], news.Peers.Select(static peer => peer.Id));
    }

    [Fact]
    public void Peers_WhoLeaveBeforeTheReplyThatNamesThem_AreGone()
    {
        var visit = Visit();
        visit.Ask(mayBeToldOld: true);
        visit.Tell([Peer("ada"), Peer("bob"), Peer("eve")], joined: false);
        visit.Tell([Peer("eve")], joined: true);
        visit.Take(Reply("ada", "eve", "joe"));
        visit.Tell([Peer("joe")], joined: false);
        visit.Tell([Peer("bob")], joined: true);

        Assert.Equal(["bob", "eve"], Peers());
    }

    /// <summary>Handlers ask who this client is, and the reply says it.</summary>
    [Fact]
    public async Task Visit_ThatIsToldSomethingBeforeTheReply_TellsItAfterwards()
    {
        var visit = Visit();
        visit.Ask(mayBeToldOld: true);
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        visit.Tell([Peer("ada")], joined: true);
        await visit.RaiseAsync();
        Assert.Empty(told);
        Assert.Empty(news.Peers);

        visit.Take(Reply());
        await visit.RaiseAsync();

        Assert.Equal(["+ada -", "1"], told);
    }

    /// <summary>They were told to another room of the connection, which has been left; the server would not say that they leave.</summary>
    [Fact]
    public void Peers_WhoCameBeforeTheReplyThatDoesNotNameThem_AreNotThere()
    {
        var visit = Visit();
        visit.Tell([Peer("ada")], joined: true);
        visit.Ask(mayBeToldOld: true);
        visit.Tell([Peer("bob"), Peer("gone")], joined: true);
        visit.Tell([Peer("eve")], joined: false);
        visit.Take(Reply("eve", "joe"));
        visit.Tell([Peer("old")], joined: true);
        Assert.Equal(["bob", "gone", "joe", "old"], Peers());
        Assert.False(visit.Settle());

        visit.Ask(mayBeToldOld: true);
        visit.Tell([Peer("sue")], joined: true);
        visit.Take(Reply("bob", "sue"));
        visit.Tell([Peer("pat")], joined: true);
        Assert.True(visit.Settle());

        Assert.False(visit.IsInDoubt);
        Assert.Equal(["bob", "pat", "sue"], Peers());
    }

    /// <summary>On a connection that has left no room, all that is told is told to this one.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Visit_WhoseConnectionHasLeftARoom_IsInDoubtUntilItIsAnswered(bool hasLeft)
    {
        var visit = Visit();
        visit.Ask(hasLeft);
        visit.Take(Reply("ada"));
        Assert.Equal(hasLeft, visit.IsInDoubt);
        visit.Ask(hasLeft);

        Assert.Equal(!hasLeft, visit.Settle());
    }

    /// <summary>Who is not named may be there all the same.</summary>
    [Fact]
    public void Peers_OfWhomAReplyDoesNotNameAll_AreBelieved()
    {
        var visit = Begun();
        visit.Tell([Peer("ada")], joined: true);
        visit.Ask(mayBeToldOld: true);
        visit.Tell([Peer("bob")], joined: true);

        visit.Take(new() { You = Peer("you"), Count = 3, Others = [Peer("joe")] });

        Assert.False(visit.IsInDoubt);
        Assert.Equal(["ada", "bob"], Peers());
    }

    /// <summary>What is still on its way when the connection is lost would otherwise stay for good.</summary>
    [Fact]
    public async Task Visit_ThatHasEnded_TellsNothing()
    {
        var visit = Begun();
        visit.Tell([Peer("ada")], joined: true);
        await visit.RaiseAsync();

        visit.End(null);
        news.Clear();
        visit.Tell([Peer("bob")], joined: true);
        visit.Hear("bob", JsonSerializer.SerializeToElement(1));
        await visit.RaiseAsync();

        Assert.Equal(["+ada -", "+ -ada"], told);
        Assert.Empty(news.Peers);
    }

    [Fact]
    public async Task Handler_WithinWhichMoreIsTold_IsToldThatNext()
    {
        var visit = Begun();
        onTold = () =>
        {
            onTold = null;
            visit.Hear("ada", JsonSerializer.SerializeToElement(2));
            visit.Tell([Peer("ada")], joined: false);
            Assert.True(visit.RaiseAsync().IsCompleted);
            Assert.Single(told);
        };
        visit.Tell([Peer("ada")], joined: true);
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        await visit.RaiseAsync();

        Assert.Equal(["+ada -", "+ -ada", "1", "2"], told);
    }

    [Fact]
    public async Task Handler_ThatTakesTooLong_IsToldTheNewestMessages()
    {
        var visit = Begun();
        onTold = () =>
        {
            onTold = null;
            for (var i = 1; i <= RoomNews.MaxMessages + 10; i++)
                visit.Hear("ada", JsonSerializer.SerializeToElement(i));
        };
        visit.Hear("ada", JsonSerializer.SerializeToElement(0));
        await visit.RaiseAsync();

        Assert.Equal(Enumerable.Range(11, RoomNews.MaxMessages).Prepend(0).Select(static i => $"{i}"), told);
    }

    [Fact]
    public async Task Handler_WithinWhichItIsClosed_IsToldNothingMore()
    {
        var visit = Begun();
        onTold = () =>
        {
            visit.Tell([Peer("bob")], joined: true);
            news.Close();
            visit.Tell([Peer("eve")], joined: true);
            visit.Hear("ada", JsonSerializer.SerializeToElement(2));
            visit.End(null);
            news.Clear();
            _ = visit.RaiseAsync();
        };
        visit.Tell([Peer("ada")], joined: true);
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        await visit.RaiseAsync();
        await visit.RaiseAsync();

        Assert.Equal(["+ada -"], told);
        Assert.Empty(news.Peers);
    }

    private IEnumerable<string> Peers() => news.Peers.Select(static peer => peer.Id).Order(StringComparer.Ordinal);

    private static PresenceReply Reply(params string[] others) => new() { You = Peer("you"), Count = others.Length, Others = [.. others.Select(Peer)] };

    private static Peer Peer(string id) => new() { Id = id };

    private RoomVisit Begun()
    {
        var visit = Visit();
        visit.Take(null);
        return visit;
    }

    private RoomVisit Visit() => new("1", "boards", "1", asksWhoIsThere: true, news);

    private void Told(string what)
    {
        told.Add(what);
        onTold?.Invoke();
    }
}
