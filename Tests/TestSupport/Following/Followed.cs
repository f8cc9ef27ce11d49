using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>All that one watch has told, over however many connections, and the view that a client makes of it.</summary>
/// <remarks>Written by its follower alone until that has ended.</remarks>
internal sealed class Followed(View view, string name)
{
    private readonly List<Stretch> stretches = [];
    private readonly HashSet<string> ids = [];
    private volatile string? newest;
    private volatile bool hasBegun;

    public View View { get; } = view;

    /// <summary>Whether it may be told that its cursor has expired, because the log is trimmed.</summary>
    public bool MayExpire { get; init; }

    /// <summary>The cursor to go on from; null before the watch stands.</summary>
    public string? Cursor { get; private set; }

    /// <summary>The view, item by key; null for a watch that did not begin with the items.</summary>
    public Dictionary<string, JsonObject>? Items { get; private set; }

    /// <summary>What was told, from one beginning to the next.</summary>
    public IReadOnlyList<Stretch> Stretches => stretches;

    /// <summary>How many events came.</summary>
    public int Count => stretches.Sum(stretch => stretch.Events.Count);

    public int Resumed { get; set; }

    /// <summary>How often its cursor had expired.</summary>
    public int Expired { get; private set; }

    /// <summary>Whether it has ever stood.</summary>
    /// <remarks>May be asked while the follower writes.</remarks>
    public bool HasBegun => hasBegun;

    /// <summary>Whether the newest event is of the item with this key.</summary>
    /// <remarks>May be asked while the follower writes.</remarks>
    public bool Has(string key) => newest == key;

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
        stretches.Add(new(Seen.PositionOf(cursor)));
        hasBegun = true;
    }

    public void Add(Seen seen, string? id)
    {
        var stretch = stretches[^1];
        Check(id is null || ids.Add(id), $"An event came twice: {seen}");
        Check(
            stretch.Events.Count > 0 ? seen.Position > stretch.Events[^1].Position : seen.Position > stretch.Start,
            $"An event came out of order: {seen} after {(stretch.Events.Count > 0 ? stretch.Events[^1] : stretch.Start)}");
        stretch.Events.Add(seen);
        newest = seen.Key;
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

    /// <summary>The server said that it cannot go on from <see cref="Cursor"/>: the watch begins anew, where that may happen.</summary>
    public void Expire(string problem)
    {
        Check(MayExpire, $"The server ended it: {problem}");
        Expired++;
        Items = null;
        if (Cursor is null)
            return;
        stretches[^1].End = Seen.PositionOf(Cursor);
        Cursor = null;
        // A new beginning may lie before the end of what was told.
        ids.Clear();
    }

    public void Check(bool holds, string otherwise) => Assert.True(holds, $"{this}: {otherwise}");

    public override string ToString() => $"{name} of {View}";
}
