using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Live;

public sealed class LiveFollowerTests
{
    private readonly Channel<Action<bool, Exception?>> watches = Channel.CreateUnbounded<Action<bool, Exception?>>();
    private int begun;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A watch is left without waiting for its end, of which it says something all the same.</summary>
    [Fact]
    public async Task Watch_ThatFallsLate_SaysNothingOfTheNextOne()
    {
        var time = TimeProvider.System;
        var follower = new LiveFollower<JsonObject>(WatchAsync, LiveViewOptions<JsonObject>.Default, ClientJsonContext.Default.JsonObject, time, new(time, TimeSpan.Zero, static () => 0), NullLogger.Instance);
        await using var view = new LiveView<JsonObject>(follower, LiveViewOptions<JsonObject>.Default, time.GetUtcNow(), NullLogger.Instance);
        var first = await watches.Reader.ReadAsync(Token);
        var second = await watches.Reader.ReadAsync(Token);
        await view.WhenSyncedAsync(Token);
        var stale = new TaskCompletionSource<LiveStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        view.PropertyChanged += (_, _) =>
        {
            // That it was current until now may be told as late.
            if (view.Status is { State: LiveState.Stale } status)
                stale.TrySetResult(status);
        };

        first(false, new IOException("The first one's own."));
        second(false, null);

        var told = await stale.Task.WaitAsync(Until.Patience, Token);
        Assert.Equal((LiveState.Stale, null), (told.State, told.Error));
    }

    /// <summary>The first one cannot go on.</summary>
    private async IAsyncEnumerable<ItemChange<JsonObject>> WatchAsync(Action<bool, Exception?> standing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        standing(true, null);
        watches.Writer.TryWrite(standing);
        if (++begun == 1)
            throw new RealtimeApiException(new ProblemDetails { Type = ProblemDetails.TypePrefix + ProblemCodes.CursorExpired, Title = "t", Status = 410 });
        yield return new() { Kind = ChangeKind.Synced, Key = "" };
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
