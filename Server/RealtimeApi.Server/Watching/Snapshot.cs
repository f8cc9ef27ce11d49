using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>The current items of a view, page by page in the order of their keys, before a watch's changes.</summary>
/// <remarks>
/// PROTOCOL, Guarantees of a watch, 2: the point is taken before the first item, so that the changes after it bring what was read up to date. Between
/// pages nothing is held but the last item's key; no transaction spans two pages. Used by one reader at a time.
/// </remarks>
internal sealed class Snapshot(WatchView view, TimeProvider time)
{
    private const int FirstTop = 100;
    private const int LargestTop = 1000;

    /// <summary>What text takes in memory for each byte of JSON, and something for the objects around it.</summary>
    private const int MemoryFactor = 4;

    private readonly IReadOnlyList<OrderTerm> order = [.. view.Resource.Key.Select(static column => new OrderTerm(column, Descending: false))];
    private LogPoint? start;
    private IReadOnlyList<FieldValue>? lastKey;
    private int top = FirstTop;
    private int part;
    private int sent;
    private bool isComplete;

    /// <summary>Where the changes will start; null before the first page and after a restart.</summary>
    public LogPoint? Start => start;

    /// <summary>Whether the batch that ends the items has been read.</summary>
    public bool IsComplete => isComplete;

    public void Begin(LogPoint point) => start = point;

    /// <summary>Starts again from the first item: the log no longer continues from where the snapshot began.</summary>
    public void Restart()
    {
        start = null;
        lastKey = null;
        part = 0;
        sent = 0;
    }

    /// <summary>The next items, at most about so many bytes; the last batch says so.</summary>
    /// <param name="items">Where they are read.</param>
    /// <param name="maxBytes">About how many bytes of events.</param>
    /// <param name="judge">Says whether the log still continues from the start; asked before the items are called complete.</param>
    /// <param name="format">Writes the start's cursor.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The batch, or null after a restart.</returns>
    public async Task<WatchBatch?> ReadAsync(
        IItemReader items,
        int maxBytes,
        Func<LogPoint, CancellationToken, ValueTask<ProblemException?>> judge,
        Func<LogPoint, string> format,
        CancellationToken cancellationToken)
    {
        var (page, hasMore) = await ReadPageAsync(items, maxBytes, cancellationToken);
        var events = new List<WatchEvent>(page.Count);
        var (bytes, taken) = (0, 0);
        var now = time.GetUtcNow();
        for (; taken < page.Count; taken++)
        {
            var made = EventWriter.WriteInitial(page[taken], view.Select, sent + taken + 1, now);
            if (taken > 0 && bytes + made.Json.Length > maxBytes)
                break;
            events.Add(made);
            bytes += made.Json.Length;
        }

        hasMore |= taken < page.Count;
        if (!hasMore && await judge(start!.Value, cancellationToken) is not null)
        {
            Restart();
            return null;
        }

        if (taken > 0)
        {
            lastKey = KeyOf(page[taken - 1]);
            top = Math.Clamp(maxBytes / Math.Max(1, bytes / taken), 1, LargestTop);
        }

        sent += taken;
        isComplete = !hasMore;
        return new()
        {
            From = null,
            Cursor = hasMore ? null : format(start!.Value),
            Events = events,
            Part = ++part,
            Synced = !hasMore,
            HasMore = hasMore,
            ThroughPoint = hasMore ? default : start!.Value,
        };
    }

    private async Task<(IReadOnlyList<Item> Items, bool HasMore)> ReadPageAsync(IItemReader items, int maxBytes, CancellationToken cancellationToken)
    {
        if (view.Key is { } key)
        {
            var read = await items.FindAsync(view.Resource, key, cancellationToken);
            return (read.Item is null ? [] : [read.Item], false);
        }

        var page = await items.ListAsync(
            new()
            {
                Resource = view.Resource,
                Filter = view.Filter,
                OrderBy = order,
                Top = top,
                // A row takes more in memory than as an event: what is read for one batch does not fall short of it by much, and never goes far beyond.
                MaxBytes = MemoryFactor * (long)maxBytes,
                Select = view.Select,
                After = lastKey,
            },
            cancellationToken);
        return (page.Items, page.HasMore);
    }

    private FieldValue[] KeyOf(Item item) => [.. view.Resource.Key.Select(column => item.Values[column.Ordinal])];
}
