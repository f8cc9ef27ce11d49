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
    public void Peers_WhoComeAndGo_AreToldOnce()
    {
        var visit = Visit();
        visit.Tell([Peer("ada"), Peer("bob")], joined: true);
        visit.Raise();
        visit.Tell([Peer("ada"), Peer("eve")], joined: true);
        visit.Tell([Peer("bob")], joined: false);
        visit.Raise();
        visit.Raise();

        Assert.Equal(["+ada,bob -", "+eve -bob"], told);
        Assert.Equal(["ada", "eve"], news.Peers.Select(static peer => peer.Id));
    }

    [Fact]
    public void Peers_WhoLeaveBeforeTheReplyThatNamesThem_AreGone()
    {
        var visit = Visit();
        visit.Tell([Peer("ada"), Peer("bob"), Peer("eve")], joined: false);
        visit.Tell([Peer("eve")], joined: true);
        visit.Begin([Peer("ada"), Peer("eve"), Peer("joe")]);
        visit.Tell([Peer("joe")], joined: false);
        visit.Tell([Peer("bob")], joined: true);

        Assert.Equal(["bob", "eve"], news.Peers.Select(static peer => peer.Id).Order(StringComparer.Ordinal));
    }

    /// <summary>What is still on its way when the connection is lost would otherwise stay for good.</summary>
    [Fact]
    public void Visit_ThatHasEnded_TellsNothing()
    {
        var visit = Visit();
        visit.Tell([Peer("ada")], joined: true);
        visit.Raise();

        visit.End(null);
        news.Clear();
        visit.Tell([Peer("bob")], joined: true);
        visit.Hear("bob", JsonSerializer.SerializeToElement(1));
        visit.Raise();

        Assert.Equal(["+ada -", "+ -ada"], told);
        Assert.Empty(news.Peers);
    }

    [Fact]
    public void Handler_WithinWhichMoreIsTold_IsToldThatNext()
    {
        var visit = Visit();
        onTold = () =>
        {
            onTold = null;
            visit.Hear("ada", JsonSerializer.SerializeToElement(2));
            visit.Tell([Peer("ada")], joined: false);
            visit.Raise();
            Assert.Single(told);
        };
        visit.Tell([Peer("ada")], joined: true);
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        visit.Raise();

        Assert.Equal(["+ada -", "+ -ada", "1", "2"], told);
    }

    [Fact]
    public void Handler_ThatTakesTooLong_IsToldTheNewestMessages()
    {
        var visit = Visit();
        onTold = () =>
        {
            onTold = null;
            for (var i = 1; i <= RoomNews.MaxMessages + 10; i++)
                visit.Hear("ada", JsonSerializer.SerializeToElement(i));
        };
        visit.Hear("ada", JsonSerializer.SerializeToElement(0));
        visit.Raise();

        Assert.Equal(Enumerable.Range(11, RoomNews.MaxMessages).Prepend(0).Select(static i => $"{i}"), told);
    }

    [Fact]
    public void Handler_WithinWhichItIsClosed_IsToldNothingMore()
    {
        var visit = Visit();
        onTold = () =>
        {
            visit.Tell([Peer("bob")], joined: true);
            news.Close();
            visit.Tell([Peer("eve")], joined: true);
            visit.Hear("ada", JsonSerializer.SerializeToElement(2));
            visit.End(null);
            news.Clear();
            visit.Raise();
        };
        visit.Tell([Peer("ada")], joined: true);
        visit.Hear("ada", JsonSerializer.SerializeToElement(1));
        visit.Raise();
        visit.Raise();

        Assert.Equal(["+ada -"], told);
        Assert.Empty(news.Peers);
    }

    private static Peer Peer(string id) => new() { Id = id };

    private RoomVisit Visit() => new("1", "boards", "1", asksWhoIsThere: true, news);

    private void Told(string what)
    {
        told.Add(what);
        onTold?.Invoke();
    }
}
