using System.Text.Json;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Watching;

public sealed class SubscriptionTests
{
    private readonly WatchBuffer buffer = new(10);

    [Fact]
    public void Batches_ThatFollowEachOther_AreTaken()
    {
        var subscription = Started("a");
        subscription.Receive(Batch("a", "b", 2));
        subscription.Receive(Batch("b", "c", 0));

        Assert.Equal(("c", 2, false), (subscription.Cursor, subscription.Taken, subscription.Ended.IsCompleted));
    }

    [Fact]
    public async Task Batch_ThatDoesNotFollow_EndsItAtTheLastGoodCursor()
    {
        var subscription = Started("a");
        subscription.Receive(Batch("a", "b", 1));
        subscription.Receive(Batch("c", "d", 1));
        subscription.Receive(Batch("b", "c", 1));

        Assert.Equal(SubscriptionEndReason.Gap, (await subscription.Ended).Reason);
        Assert.Equal(("b", 1), (subscription.Cursor, subscription.Taken));
    }

    [Fact]
    public async Task Batch_BeyondTheBuffer_EndsItUntilThereIsRoom()
    {
        var subscription = Started("a");
        subscription.Receive(Batch("a", "b", 8));
        subscription.Receive(Batch("b", "c", 3));

        Assert.Equal(SubscriptionEndReason.Full, (await subscription.Ended).Reason);
        Assert.Equal("b", subscription.Cursor);
        var room = buffer.RoomAsync();
        Assert.False(room.IsCompleted);
        Assert.True(buffer.Reader.TryRead(out var batch));
        buffer.Release(batch);
        await room;
    }

    [Fact]
    public async Task Room_WaitedForBeforeABatch_IsThereWhenTheCallerHasTakenOthers()
    {
        var subscription = Started("a");
        Assert.True(subscription.RoomForAsync(ChangeBatch.Parse(Batch("a", "b", 20))!).IsCompleted);
        subscription.Receive(Batch("a", "b", 8));
        Assert.True(subscription.RoomForAsync(ChangeBatch.Parse(Batch("b", "c", 2))!).IsCompleted);

        var room = subscription.RoomForAsync(ChangeBatch.Parse(Batch("b", "c", 3))!);
        Assert.False(room.IsCompleted);
        Assert.True(buffer.Reader.TryRead(out var batch));
        buffer.Release(batch);

        await room;
        Assert.False(subscription.Ended.IsCompleted);
    }

    [Fact]
    public void Bookmarks_TakeRoomToo()
    {
        var subscription = Started("0");
        for (var i = 0; i < 100; i++)
            subscription.Receive(Batch($"{i}", $"{i + 1}", 0));

        Assert.Equal(10, subscription.Taken);
    }

    [Fact]
    public void Batches_BeforeTheReply_WaitForIt()
    {
        var subscription = new Subscription("1", buffer);
        subscription.Receive(Batch("a", "b", 1));
        Assert.Equal((null, 0), (subscription.Cursor, subscription.Taken));

        subscription.Start("a");

        Assert.Equal(("b", 1), (subscription.Cursor, subscription.Taken));
    }

    [Fact]
    public async Task Batches_BeforeTheReply_AreKeptUpToABoundAndAskedForAgainBeyondIt()
    {
        var subscription = new Subscription("1", new(1000));
        for (var i = 0; i < Subscription.MaxEarly + 5; i++)
            subscription.Receive(Batch($"{i}", $"{i + 1}", 1));

        subscription.Start("0");

        Assert.Equal(SubscriptionEndReason.Gap, (await subscription.Ended).Reason);
        Assert.Equal(($"{Subscription.MaxEarly}", Subscription.MaxEarly), (subscription.Cursor, subscription.Taken));
    }

    [Fact]
    public async Task Batches_BeforeAReplyThatTheyDoNotFollow_AreAGap()
    {
        var subscription = new Subscription("1", buffer);
        subscription.Receive(Batch("b", "c", 1));

        subscription.Start("a");

        Assert.Equal(SubscriptionEndReason.Gap, (await subscription.Ended).Reason);
        Assert.Equal("a", subscription.Cursor);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"from":"a","cursor":null,"changes":[]}""")]
    [InlineData("""{"from":"a","cursor":"b","changes":{}}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    public async Task Message_ThatIsNoBatch_EndsIt(string json)
    {
        var subscription = Started("a");
        subscription.Receive(JsonDocument.Parse(json).RootElement);

        Assert.Equal(RealtimeApiException.InvalidAnswer, (await subscription.Ended).Error!.Code);
    }

    [Fact]
    public void Anything_AfterTheEnd_IsIgnored()
    {
        var subscription = Started("a");
        subscription.End(SubscriptionEnd.Disconnected);
        subscription.Receive(Batch("a", "b", 1));

        Assert.Equal("a", subscription.Cursor);
        Assert.False(buffer.Reader.TryRead(out _));
    }

    private Subscription Started(string cursor)
    {
        var subscription = new Subscription("1", buffer);
        subscription.Start(cursor);
        return subscription;
    }

    private static JsonElement Batch(string from, string cursor, int count) =>
        JsonSerializer.SerializeToElement(new { from, cursor, changes = Enumerable.Repeat(new { }, count) });
}
