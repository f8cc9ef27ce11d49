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
        visit.Ask();
        visit.Tell([Peer("ada"), Peer("bob"), Peer("eve")], joined: false);
        visit.Tell([Peer("eve")], joined: true);
        visit.Begin([Peer("ada"), Peer("eve"), Peer("joe")]);
        visit.Tell([Peer("joe")], joined: false);
        visit.Tell([Peer("bob")], joined: true);

        Assert.Equal(["bob", "eve"], news.Peers.Select(static peer => peer.Id).Order(StringComparer.Ordinal));
    }

    /// <summary>Handlers ask who this client is, and the reply says it.</summary>
    [Fact]
    public async Task Visit_ThatIsToldSomethingBeforeTheReply_TellsItAfterwards()
    {
        var visit = Visit();
        visit.Ask();
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        visit.Tell([Peer("ada")], joined: true);
        await visit.RaiseAsync();
        Assert.Empty(told);
        Assert.Empty(news.Peers);

        visit.Begin([]);
        await visit.RaiseAsync();

        Assert.Equal(["+ada -", "1"], told);
    }

    /// <summary>They were told to another room of the connection, which has been left; the server would not say that they leave.</summary>
    [Fact]
    public void Peers_WhoCameBeforeTheReplyThatDoesNotNameThem_AreNotThere()
    {
        var visit = Visit();
        visit.Tell([Peer("ada")], joined: true);
        visit.Ask();
        Assert.True(visit.IsAnsweredBy([]));
        visit.Tell([Peer("bob")], joined: true);
        visit.Tell([Peer("eve")], joined: false);
        Assert.False(visit.IsAnsweredBy([Peer("ada")]));
        Assert.True(visit.IsAnsweredBy([Peer("bob"), Peer("eve")]));

        visit.Ask();
        visit.Begin([Peer("joe")]);

        Assert.Equal(["joe"], news.Peers.Select(static peer => peer.Id));
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

    private static Peer Peer(string id) => new() { Id = id };

    private RoomVisit Begun()
    {
        var visit = Visit();
        visit.Begin([]);
        return visit;
    }

    private RoomVisit Visit() => new("1", "boards", "1", asksWhoIsThere: true, news);

    private void Told(string what)
    {
        told.Add(what);
        onTold?.Invoke();
    }
}
