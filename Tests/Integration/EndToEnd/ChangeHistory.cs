using System.Text.Json.Nodes;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Integration.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>All changes of one resource, from one undisturbed watch of it since the very beginning; and what each view should have been told of them.</summary>
internal sealed class ChangeHistory
{
    private readonly List<(Seen Change, JsonObject? Before)> changes = [];
    private readonly Dictionary<string, JsonObject> items = [];

    private ChangeHistory(string resource) => Resource = resource;

    public string Resource { get; }

    /// <summary>The items that the changes lead to.</summary>
    public IReadOnlyDictionary<string, JsonObject> Items => items;

    public int Count => changes.Count;

    /// <summary>Watches from <paramref name="start"/>, a cursor of the empty database, to the last row.</summary>
    public static async Task<ChangeHistory> ReadAsync(Uri address, string resource, string start)
    {
        var history = new ChangeHistory(resource);
        await using var client = await HubClient.ConnectAsync(address, "json");
        var from = await client.SubscribeAsync("all", new { resource, since = start });
        while (true)
        {
            var batch = (await client.NextPushAsync("all")).Batch ?? throw new InvalidOperationException($"The watch of all {resource} ended.");
            Assert.Equal(from, batch.From);
            from = batch.Cursor;
            foreach (var change in batch.Changes)
            {
                history.Add(new(
                    Seen.PositionOf(change.GetProperty("id").GetString()),
                    true,
                    change.GetProperty("type").GetString()![(resource.Length + 1)..],
                    change.GetProperty("view").GetString()!,
                    change.GetProperty("subject").GetString()!,
                    change.TryGetProperty("data", out var data) ? JsonObject.Create(data) : null,
                    change.GetProperty("time").GetDateTimeOffset()));
            }

            if (history.changes.Count > 0 && history.changes[^1].Change.Key == Warehouse.LastKeys[resource])
                return history;
        }
    }

    /// <summary>The events of a view after a position.</summary>
    public IEnumerable<Seen> EventsOf(View view, LogPosition after)
    {
        foreach (var (change, before) in changes)
        {
            if (change.Position <= after)
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
    private void Add(Seen change)
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
            Assert.Equal(change.Key, Warehouse.KeyOf(Resource, data));
            items[change.Key] = data;
        }
        else
        {
            items.Remove(change.Key);
        }
    }
}
