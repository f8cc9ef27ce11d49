using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>All that one watch has told, over however many connections, and the view that a client makes of it.</summary>
/// <remarks>Written by its follower alone until that has ended.</remarks>
internal sealed class Followed(View view, string name)
{
    private readonly List<Seen> events = [];
    private readonly HashSet<string> ids = [];

    public View View { get; } = view;

    /// <summary>The cursor to go on from; null before the watch stands.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Where the changes begin.</summary>
    public LogPosition Start { get; private set; }

    /// <summary>The view, item by key; null for a watch that did not begin with the items.</summary>
    public Dictionary<string, JsonObject>? Items { get; private set; }

    public IReadOnlyList<Seen> Events => events;

    public int Resumed { get; set; }

    /// <summary>Forgets what an unfinished snapshot has told.</summary>
    public void BeginItems() => Items = [];

    public void AddInitial(string key, JsonObject item)
    {
        Check(Cursor is null, $"An initial item came after the snapshot: {key}");
        Items![key] = item;
    }

    /// <summary>The watch stands: its changes come after this cursor.</summary>
    public void Begin(string cursor)
    {
        Check(Cursor is null, "A watch began a second time.");
        Cursor = cursor;
        Start = Seen.PositionOf(cursor);
    }

    public void Add(Seen seen, string? id)
    {
        Check(id is null || ids.Add(id), $"An event came twice: {seen}");
        Check(seen.Position > (events.Count > 0 ? events[^1].Position : Start), $"An event came out of order: {seen} after {(events.Count > 0 ? events[^1] : Start)}");
        events.Add(seen);
        if (Items is null)
            return;
        if (seen.Data is { } item)
            Items[seen.Key] = item;
        else
            Items.Remove(seen.Key);
    }

    public void MoveTo(string cursor)
    {
        Check(Seen.PositionOf(cursor) >= Seen.PositionOf(Cursor), $"The watch went back from {Seen.PositionOf(Cursor)} to {Seen.PositionOf(cursor)}.");
        Cursor = cursor;
    }

    public void Check(bool holds, string otherwise) => Assert.True(holds, $"{this}: {otherwise}");

    public override string ToString() => $"{name} of {View}";
}
