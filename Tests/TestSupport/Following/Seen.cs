using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>One event of a watch.</summary>
/// <param name="Position">Where its id stands in the log or, where <paramref name="IsExact"/> is not set, a place between it and the next event.</param>
/// <param name="IsExact">Whether the id itself was seen.</param>
/// <param name="Operation"><c>created</c>, <c>updated</c> or <c>deleted</c>.</param>
/// <param name="View"><c>added</c>, <c>modified</c> or <c>removed</c>.</param>
/// <param name="Key">The item's key.</param>
/// <param name="Data">The item, unless it is removed.</param>
/// <param name="Time">When it was written, where that is known.</param>
internal sealed record Seen(LogPosition Position, bool IsExact, string Operation, string View, string Key, JsonObject? Data, DateTimeOffset? Time)
{
    public override string ToString() => $"{Position} {Operation} {View} {Key} {Data?.ToJsonString()}";

    /// <summary>The event as the wire has it.</summary>
    public static Seen Of(string resource, JsonElement change)
    {
        var type = change.GetProperty("type").GetString()!;
        Assert.StartsWith(resource + ".", type, StringComparison.Ordinal);
        return new(
            PositionOf(change.GetProperty("id").GetString()),
            true,
            type[(resource.Length + 1)..],
            change.GetProperty("view").GetString()!,
            change.GetProperty("subject").GetString()!,
            change.TryGetProperty("data", out var data) ? JsonObject.Create(data.Clone()) : null,
            change.GetProperty("time").GetDateTimeOffset());
    }

    /// <summary>A client never looks into a cursor; the test does, to see the order.</summary>
    public static LogPosition PositionOf(string? cursor)
    {
        Assert.True(Cursor.TryParse(cursor, out var parsed), $"'{cursor}' is no cursor.");
        return parsed!.Point.Position;
    }
}
