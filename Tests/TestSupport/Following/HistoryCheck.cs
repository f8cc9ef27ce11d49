using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>Holds what watches and reads told against what has happened.</summary>
internal static class HistoryCheck
{
    /// <summary>Waits for the last event of the watch's view, or for the watch to have passed it.</summary>
    /// <param name="followed">The watch.</param>
    /// <param name="history">What has happened.</param>
    /// <param name="failed">A follower that has failed, whose exception is the better one.</param>
    /// <param name="patience">How long it may stand still.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task UntilCaughtUpAsync(Followed followed, ChangeHistory history, Task failed, TimeSpan patience, CancellationToken cancellationToken)
    {
        var last = history.EventsOf(followed.View, after: LogPosition.Zero).Select(seen => seen.Position).LastOrDefault();
        var (before, moved) = (followed.Cursor, TimeProvider.System.GetTimestamp());
        while (followed.Cursor is not { } cursor || Seen.PositionOf(cursor) < last)
        {
            if (followed.Cursor != before)
                (before, moved) = (followed.Cursor, TimeProvider.System.GetTimestamp());
            if (failed.IsCompleted)
                await failed;
            Assert.True(TimeProvider.System.GetElapsedTime(moved) < patience, $"{followed} stands still at {(before is null ? "its beginning" : Seen.PositionOf(before))}, its last event is at {last}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Each event of the view, once and in order, in all that the watch told without a break.</summary>
    public static void CheckEvents(Followed followed, ChangeHistory history)
    {
        foreach (var stretch in followed.Stretches)
        {
            var expected = history.EventsOf(followed.View, stretch.Start, stretch.End).ToList();
            for (var i = 0; i < Math.Max(expected.Count, stretch.Events.Count); i++)
            {
                var (wanted, got) = (expected.ElementAtOrDefault(i), stretch.Events.ElementAtOrDefault(i));
                followed.Check(
                    IsSame(wanted, expected.ElementAtOrDefault(i + 1), got),
                    $"event {i} of {expected.Count} after {stretch.Start} (through {stretch.End?.ToString() ?? "the end"}) should be\n{wanted}\nand is\n{got}");
            }
        }
    }

    public static void CheckItems(string what, Dictionary<string, JsonObject> expected, Dictionary<string, JsonObject> actual)
    {
        foreach (var key in expected.Keys.Union(actual.Keys))
        {
            var (wanted, got) = (expected.GetValueOrDefault(key), actual.GetValueOrDefault(key));
            Assert.True(JsonNode.DeepEquals(wanted, got), $"{what} has {got?.ToJsonString() ?? "nothing"} as {key} instead of {wanted?.ToJsonString() ?? "nothing"}");
        }
    }

    private static bool IsSame(Seen? wanted, Seen? next, Seen? got) =>
        wanted is not null && got is not null
        && (got.IsExact ? got.Position == wanted.Position : got.Position >= wanted.Position && (next is null || got.Position < next.Position))
        && (got.Operation, got.View, got.Key) == (wanted.Operation, wanted.View, wanted.Key)
        && (wanted.Time is null || got.Time == wanted.Time)
        && JsonNode.DeepEquals(got.Data, wanted.Data);
}
