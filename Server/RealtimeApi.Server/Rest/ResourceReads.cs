using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Answers reads: from memory where nothing has changed, else from the database.</summary>
/// <remarks>PROTOCOL, Reading. Thread-safe.</remarks>
internal sealed class ResourceReads(CatalogSource catalogs, ChangeFeed feed, IDatabase database, ReadCache cache, IOptions<RealtimeApiOptions> options)
{
    // No caller has row rules: the fingerprint of none is the empty one.
    internal const string Rights = "";

    private readonly int maxPageBytes = options.Value.Rest.MaxPageBytes;

    /// <exception cref="ProblemException">There is none (<c>unknown-resource</c>).</exception>
    public ResourceDefinition Find(string name) => catalogs.Current.Find(name)
        ?? throw new ProblemException(ProblemCodes.UnknownResource, $"There is no resource '{name}'. GET /api lists the resources.");

    /// <summary>A page of the items.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="query">The request's query as sent.</param>
    /// <param name="conditions">What the request's headers ask for.</param>
    /// <param name="buffer">Where the body may be written; it must outlive the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Answer> ListAsync(string name, string query, ReadConditions conditions, ReadBuffer buffer, CancellationToken cancellationToken)
    {
        var resource = Find(name);
        var key = new ReadKey(resource.Name, Key: null, query, Rights);
        if (cache.Find(key, resource, conditions, out var state) is { } kept)
            return Recall(kept, state);

        var (list, firstCursor) = QueryParser.ParseList(resource, QueryOptions.Read(query));
        var log = Log(resource, conditions);
        var epoch = cache.Begin(resource);
        var page = await database.Items.ListAsync(list with { MaxBytes = maxPageBytes }, cancellationToken);
        var cursor = await JudgeAsync(log, conditions, resource, page.Point, cancellationToken);

        buffer.Append($"{resource.Fingerprint}\n{Rights}\n{query}\n{page.Count}\n{page.HasMore}\n");
        var start = buffer.Next();
        var writer = buffer.Writer;
        writer.WriteStartArray();
        foreach (var item in page.Items)
            ItemWriter.Write(writer, item.Values, list.Select.Columns);
        writer.WriteEndArray();
        buffer.Next();
        return Finish(key, epoch, cursor, new()
        {
            Resource = resource,
            Tag = buffer.ComputeTag(weak: true),
            Body = buffer.From(start),
            Point = page.Point,
            Query = list,
            FirstCursor = firstCursor,
            Last = page.HasMore ? page.Items[^1] : null,
            Count = page.Count,
        });
    }

    /// <summary>One item, or its absence.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="segment">The key, still percent-encoded.</param>
    /// <param name="query">The request's query as sent.</param>
    /// <param name="conditions">What the request's headers ask for.</param>
    /// <param name="buffer">Where the body may be written; it must outlive the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Answer> GetAsync(string name, string segment, string query, ReadConditions conditions, ReadBuffer buffer, CancellationToken cancellationToken)
    {
        var resource = Find(name);
        var key = new ReadKey(resource.Name, segment, query, Rights);
        if (cache.Find(key, resource, conditions, out var state) is { } kept)
            return Recall(kept, state);

        var select = ParseSelect(resource, query);
        var log = Log(resource, conditions);
        if (ItemKey.ParsePath(resource, segment) is not { } itemKey)
            return new(null, await JudgeAsync(log, conditions, resource, log?.Head, cancellationToken));
        var epoch = cache.Begin(resource);
        var (item, point) = await database.Items.FindAsync(resource, itemKey, cancellationToken);
        var cursor = await JudgeAsync(log, conditions, resource, point, cancellationToken);
        if (item is null)
            return new(null, cursor);

        var (tag, body) = ItemRepresentation.Write(buffer, item, select, Rights);
        return Finish(key, epoch, cursor, new()
        {
            Resource = resource,
            Key = item.Key,
            Tag = tag,
            Body = body,
            Point = point,
        });
    }

    // Nothing of it has changed up to the feed's head, so it is what stands there now.
    private static Answer Recall(Read kept, FeedState state)
    {
        var read = kept.Point.GetValueOrDefault();
        return new(kept, Format(state, state.Head.Position < read.Position ? read : state.Head));
    }

    private Answer Finish(ReadKey key, int? epoch, string? cursor, Read read)
    {
        if (epoch is { } known)
            cache.Keep(key, read, known);
        return new(read, cursor);
    }

    /// <summary>The cursor of what was read, once it is as new as it has to be.</summary>
    private async ValueTask<string?> JudgeAsync(FeedState? log, ReadConditions conditions, ResourceDefinition resource, LogPoint? read, CancellationToken cancellationToken)
    {
        if (log is null)
            return null;
        var point = read ?? throw NotOpen(resource);

        // The point stands before every open transaction, and a write may have been committed after one: what was read shows it all the same.
        if (!conditions.AreAheadOf(point))
            return Format(log, point);
        var least = conditions.Min!.Least;
        if (!await database.Log.HasReachedAsync(least, cancellationToken))
            throw ReadConditions.AheadOfLog();
        return Cursor.Format(log.LogId, point, Rights, seen: least);
    }

    /// <summary>The log that the resource's changes are in, null where they are in none.</summary>
    private FeedState? Log(ResourceDefinition resource, ReadConditions conditions)
    {
        if (!resource.Watchable)
            return null;
        var state = feed.State ?? throw NotOpen(resource);
        conditions.RequireLog(state.LogId);
        return state;
    }

    /// <summary>The fields of an item that a request wants to see.</summary>
    /// <exception cref="ProblemException"><c>invalid-query</c>.</exception>
    internal static FieldSelection ParseSelect(ResourceDefinition resource, string query)
    {
        FieldSelection? select = null;
        foreach (var (name, value) in QueryOptions.Read(query))
        {
            if (name != QueryOptions.Select)
                throw new ProblemException(ProblemCodes.InvalidQuery, $"'{name}' is not an option of one item; it takes {QueryOptions.Select} only.");
            if (select is not null)
                throw new ProblemException(ProblemCodes.InvalidQuery, $"{QueryOptions.Select} is given twice.");
            select = QueryParser.ParseSelect(resource, value);
        }

        return select ?? FieldSelection.All(resource);
    }

    private static string Format(FeedState log, LogPoint point) => new Cursor(log.LogId, point, Rights).ToString();

    private static ProblemException NotOpen(ResourceDefinition resource) =>
        new(ProblemCodes.Unavailable, $"The change log of '{resource.Name}' is not open yet. Try again in 1 second.") { RetryAfter = 1 };
}
