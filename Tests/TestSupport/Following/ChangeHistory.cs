using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>All changes of one resource since the very beginning, and what each view should have been told of them.</summary>
/// <param name="whole">The view of all its items.</param>
internal sealed class ChangeHistory(View whole)
{
    private readonly List<(Seen Change, JsonObject? Before)> changes = [];
    private readonly Dictionary<string, JsonObject> items = [];

    public string Resource => whole.Resource;

    /// <summary>The items that the changes lead to.</summary>
    public IReadOnlyDictionary<string, JsonObject> Items => items;

    public int Count => changes.Count;

    /// <summary>Every change.</summary>
    public IEnumerable<Seen> All => changes.Select(change => change.Change);

    /// <summary>The newest change.</summary>
    public Seen? Last => changes.Count == 0 ? null : changes[^1].Change;

    /// <summary>The items of a view, as it shows them.</summary>
    public Dictionary<string, JsonObject> ItemsOf(View view) =>
        items.Where(item => view.Matches(item.Value)).ToDictionary(item => item.Key, item => view.Project(item.Value));

    /// <summary>The events of a view after a position, and up to another where that is given.</summary>
    public IEnumerable<Seen> EventsOf(View view, LogPosition after, LogPosition? through = null)
    {
        foreach (var (change, before) in changes)
        {
            if (change.Position <= after || change.Position > through)
                continue;
            var was = before is not null && view.Matches(before);
            var isNow = change.Data is { } data && view.Matches(data);
            if (!was && !isNow)
                continue;
            var shown = isNow ? view.Project(change.Data!) : null;
            if (was && isNow && JsonNode.DeepEquals(view.Project(before!), shown))
                continue;
            yield return change with { View = !isNow ? "removed" : was ? "modified" : "added", Data = shown };
        }
    }

    /// <summary>A row is created where there was none, and changes or goes only while it is there; what it was is what it last became.</summary>
    public void Add(Seen change)
    {
        var before = items.GetValueOrDefault(change.Key);
        var expected = (change.Operation, change.View) switch
        {
            ("created", "added") => before is null && change.Data is not null,
            ("updated", "modified") => before is not null && change.Data is not null && !JsonNode.DeepEquals(before, change.Data),
            ("deleted", "removed") => before is not null && change.Data is null,
            _ => false,
        };
        Assert.True(expected, $"{Resource}: {change} does not follow {before?.ToJsonString() ?? "nothing"}");
        Assert.True(changes.Count == 0 || change.Position > changes[^1].Change.Position, $"{Resource}: {change} is out of order");
        changes.Add((change, before));
        if (change.Data is { } data)
        {
            Assert.Equal(change.Key, whole.KeyOf(data));
            items[change.Key] = data;
        }
        else
        {
            items.Remove(change.Key);
        }
    }
}
