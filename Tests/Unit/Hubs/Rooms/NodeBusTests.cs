using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Rooms;

/// <summary>SignalR's own lifetime manager stands for a backplane that several nodes share.</summary>
public sealed class NodeBusTests : IDisposable
{
    private readonly DefaultHubLifetimeManager<ResourceHub> backplane = new(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance);
    private readonly NodeBus first;
    private readonly NodeBus second;

    public NodeBusTests() => (first, second) = (Make(), Make());

    [Fact]
    public async Task Send_ToATopic_ReachesTheOtherNodesThatFollowIt()
    {
        var (toFirst, toSecond) = (Follow(first, "a"), Follow(second, "a"));
        await HeardAsync(second, "a", toFirst, "ready");
        await HeardAsync(first, "a", toSecond, "hello");

        Assert.False(toFirst.Reader.TryRead(out _));
        Assert.False(toSecond.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Send_WithEcho_ReachesTheSenderToo()
    {
        var toFirst = Follow(first, "a");

        await HeardAsync(first, "a", toFirst, "hello", echo: true);
    }

    [Fact]
    public async Task Follow_AfterUnfollow_HearsAgain()
    {
        var toFirst = Follow(first, "a");
        await HeardAsync(second, "a", toFirst, "one");
        first.Unfollow("a");
        await SilentAsync(second, "a", toFirst);

        toFirst = Follow(first, "a");
        await HeardAsync(second, "a", toFirst, "two");
    }

    [Fact]
    public async Task Send_WhereThereIsNoOtherNode_DoesNothing()
    {
        using var alone = new NodeBus(backplane, isShared: false, TimeProvider.System, NullLoggerFactory.Instance);
        alone.Follow("a", static _ => Assert.Fail("Nobody is there to say anything."));

        Assert.False(await alone.SendAsync("a", "hello", echo: true));
    }

    [Fact]
    public void Post_ToABackplaneThatTakesNothing_IsBoundedAndGoesOnAfterwards()
    {
        var stuck = new StuckBackplane();
        using var bus = new NodeBus(stuck, isShared: true, TimeProvider.System, NullLoggerFactory.Instance);

        for (var i = 0; i < NodeBus.MaxPosted + 100; i++)
            bus.Post("a", $"{i}");
        Assert.Equal(Enumerable.Range(0, NodeBus.MaxPosted).Select(static i => $"{i}"), stuck.Sent);

        stuck.Release();
        bus.Post("a", "again");
        Assert.Equal("again", stuck.Sent[^1]);
    }

    [Fact]
    public async Task Send_ThatTheBackplaneCannotWrite_IsToldOnceUntilItCan()
    {
        var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        var broken = new BrokenBackplane();
        using var bus = new NodeBus(broken, isShared: true, TimeProvider.System, loggers);

        Assert.False(await bus.SendAsync("a", "one"));
        Assert.False(await bus.SendAsync("a", "two"));
        Assert.Single(log.Entries, static entry => entry.Level == LogLevel.Warning);

        broken.IsWhole = true;
        Assert.True(await bus.SendAsync("a", "three"));
        broken.IsWhole = false;
        Assert.False(await bus.SendAsync("a", "four"));
        Assert.Equal(2, log.Entries.Count(static entry => entry.Level == LogLevel.Warning));
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private static Channel<string> Follow(NodeBus bus, string topic)
    {
        var heard = Channel.CreateUnbounded<string>();
        bus.Follow(topic, message => heard.Writer.TryWrite(message));
        return heard;
    }

    /// <summary>Sends until it is heard, since following takes effect a little later, and takes the repeats away.</summary>
    private static async Task HeardAsync(NodeBus from, string topic, Channel<string> to, string text, bool echo = false)
    {
        await Until.TrueAsync(async () =>
        {
            Assert.True(await from.SendAsync(topic, text, echo));
            return to.Reader.TryPeek(out _);
        });
        while (to.Reader.TryRead(out var heard))
            Assert.Equal(text, heard);
    }

    /// <summary>Sends until it is not heard: what is heard is so before it is sent.</summary>
    private static Task SilentAsync(NodeBus from, string topic, Channel<string> to) => Until.TrueAsync(async () =>
    {
        while (to.Reader.TryRead(out _))
            ;
        await from.SendAsync(topic, "anybody?");
        return !to.Reader.TryPeek(out _);
    });

    private NodeBus Make() => new(backplane, isShared: true, TimeProvider.System, NullLoggerFactory.Instance);

    private sealed class BrokenBackplane() : DefaultHubLifetimeManager<ResourceHub>(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance)
    {
        public bool IsWhole { get; set; }

        public override Task SendGroupExceptAsync(
            string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
            IsWhole ? Task.CompletedTask : throw new NotSupportedException("It has no form for a text.");
    }

    private sealed class StuckBackplane() : DefaultHubLifetimeManager<ResourceHub>(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance)
    {
        private readonly TaskCompletionSource released = new();

        public List<string> Sent { get; } = [];

        /// <summary>Whoever waits has been told when this returns.</summary>
        public void Release() => released.SetResult();

        public override Task SendGroupExceptAsync(
            string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default)
        {
            Sent.Add((string)args[1]!);
            return released.Task;
        }
    }
}
