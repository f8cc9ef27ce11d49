using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>One event of a watch.</summary>
/// <param name="Position">Where its id stands in the log or, where <paramref name="IsExact"/> is not set, a place between it and the next event.</param>
/// <param name="IsExact">Whether the id itself was seen.</param>
/// <param name="Operation"><c>created</c>, <c>updated</c> or <c>deleted</c>.</param>
/// <param name="View"><c>added</c>, <c>modified</c> or <c>removed</c>.</param>
/// <param name="Key">The item's key.</param>
/// <param name="Data">The item, unless it is removed.</param>
/// <param name="Time">When it was written.</param>
internal sealed record Seen(LogPosition Position, bool IsExact, string Operation, string View, string Key, JsonObject? Data, DateTimeOffset Time)
{
    public override string ToString() => $"{Position} {Operation} {View} {Key} {Data?.ToJsonString()}";

    /// <summary>A client never looks into a cursor; the test does, to see the order.</summary>
    public static LogPosition PositionOf(string? cursor)
    {
        Assert.True(Cursor.TryParse(cursor, out var parsed), $"'{cursor}' is no cursor.");
        return parsed!.Point.Position;
    }
}
