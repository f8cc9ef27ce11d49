using System.Security.Cryptography;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;

namespace RealtimeApi.Server.Writing;

/// <summary>Does what a write asks for, and tells the feed.</summary>
/// <remarks>PROTOCOL, Writing. Thread-safe. Conditions and values are judged against the item inside the write's transaction.</remarks>
internal sealed class ResourceWrites(IDatabase database, ChangeFeed feed, TimeProvider time)
{
    /// <summary>How long a repeat of a write is known by its Idempotency-Key.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    private readonly FieldReader reader = new(database.Writes);

    /// <summary>Makes a new item.</summary>
    /// <exception cref="ProblemException">
    /// <c>invalid-body</c>, <c>precondition-failed</c>, <c>conflict</c>, <c>idempotency-mismatch</c>. Nothing has been written.
    /// </exception>
    public async Task<WriteAnswer> CreateAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        ItemChange change;
        try
        {
            (change, request) = PlanCreation(request);
        }
        catch (ProblemException refusal) when (request.IdempotencyKey is not null)
        {
            // Whether the key has been used comes first: a repeat is answered as before, and another body is a mismatch, however wrong it is.
            return await WriteAsync(request, _ => throw refusal, cancellationToken);
        }

        return await WriteAsync(request, item => item is null ? change : throw Taken(request.Resource), cancellationToken);
    }

    /// <summary>Replaces an item, or makes it where its key is the client's to choose.</summary>
    /// <exception cref="ProblemException"><c>not-found</c>, <c>precondition-failed</c>, <c>invalid-body</c>, <c>conflict</c>. Nothing has been written.</exception>
    public async Task<WriteAnswer> ReplaceAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        using var body = ItemBody.Parse(request.Resource, request.Body!.Bytes, reader);
        var plan = new ItemPlan(request.Resource, body, reader);
        return await WriteAsync(
            request,
            item =>
            {
                if (item is null && request.Resource.Key.Any(static column => column.ReadOnly || column.Numbered))
                    throw NotFound(request, "PUT makes none here, because the database numbers the items; POST does");
                Require(request, item);
                return item is null ? plan.Create(request.Key) : plan.Replace(item);
            },
            cancellationToken);
    }

    /// <summary>Changes fields of an item (RFC 7396).</summary>
    /// <exception cref="ProblemException"><c>not-found</c>, <c>precondition-failed</c>, <c>invalid-body</c>, <c>conflict</c>. Nothing has been written.</exception>
    public async Task<WriteAnswer> MergeAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        using var body = ItemBody.Parse(request.Resource, request.Body!.Bytes, reader);
        var plan = new ItemPlan(request.Resource, body, reader);
        return await WriteAsync(
            request,
            item =>
            {
                Require(request, item ?? throw NotFound(request));
                return plan.Merge(item);
            },
            cancellationToken);
    }

    /// <summary>Deletes an item.</summary>
    /// <exception cref="ProblemException"><c>not-found</c>, <c>precondition-failed</c>, <c>conflict</c>. Nothing has been written.</exception>
    public Task<WriteAnswer> DeleteAsync(WriteRequest request, CancellationToken cancellationToken) => WriteAsync(
        request,
        item =>
        {
            Require(request, item ?? throw NotFound(request));
            return ItemChange.Delete;
        },
        cancellationToken);

    private (ItemChange Change, WriteRequest Request) PlanCreation(WriteRequest request)
    {
        // What is created has no earlier state that could match; a list has weak tags only.
        if (request.Conditions.IfMatch.Count > 0 && request.Conditions.IfMatch != "*")
            throw new ProblemException(ProblemCodes.PreconditionFailed, "POST makes a new item, which cannot have the ETag in If-Match.");
        using var body = ItemBody.Parse(request.Resource, request.Body!.Bytes, reader);
        var plan = new ItemPlan(request.Resource, body, reader);
        return (plan.Create(key: null), request with { Key = plan.GivenKey() });
    }

    private async Task<WriteAnswer> WriteAsync(WriteRequest request, Func<Item?, ItemChange> decide, CancellationToken cancellationToken)
    {
        WriteAnswer? made = null;
        var isCreated = false;
        var now = time.GetUtcNow();
        var command = new WriteCommand
        {
            Resource = request.Resource,
            Key = request.Key,
            Decide = item =>
            {
                var change = decide(item);
                isCreated = change.Kind == ItemChangeKind.Insert;
                return change;
            },
            Once = request.IdempotencyKey is { } key
                ? new(request.Caller, key, SHA256.HashData(request.Body!.Bytes.Span), now, now - Remembered, result => (made = Answer(request, result)).ToBytes())
                : null,
        };
        var result = await database.Writes.WriteAsync(command, cancellationToken);
        if (result.Repeated is { } recorded)
            return Repeat(request.Resource, recorded);
        feed.Wake();
        return (made ?? Answer(request, result)) with { IsCreated = isCreated };
    }

    private static WriteAnswer Answer(WriteRequest request, WriteResult result)
    {
        var cursor = result.Mark is { } mark ? new Cursor(mark.LogId, mark.Point, ResourceReads.Rights, IsWrite: true).ToString() : null;
        if (result.Item is not { } item)
            return new(request.Resource.Fingerprint, request.Key!.Text, null, default, cursor);
        using var buffer = ReadBuffer.Rent();
        var (tag, body) = ItemRepresentation.Write(buffer, item, request.Select, ResourceReads.Rights);
        return new(request.Resource.Fingerprint, item.Key.Text, tag, body.ToArray(), cursor);
    }

    private static WriteAnswer Repeat(ResourceDefinition resource, byte[] recorded)
    {
        var answer = WriteAnswer.Parse(recorded) with { IsCreated = true };
        // What was shown then may be hidden now.
        return answer.Fingerprint == resource.Fingerprint
            ? answer
            : throw new ProblemException(ProblemCodes.Conflict, $"The item was made by the first request with this Idempotency-Key; '{resource.Name}' has been redefined since. Read it at the key '{answer.Key}'.");
    }

    private static void Require(WriteRequest request, Item? item)
    {
        if (request.Conditions.AreNone)
            return;
        request.Conditions.Require(item is null ? null : ItemRepresentation.TagOf(item, ResourceReads.Rights));
    }

    private static ProblemException NotFound(WriteRequest request, string? more = null) =>
        new(ProblemCodes.NotFound, $"There is no item '{request.Key!.Text}' in '{request.Resource.Name}'{(more is null ? "" : "; " + more)}.");

    private static ProblemException Taken(ResourceDefinition resource)
    {
        var same = $"Another item has the same {string.Join(" and ", resource.Key.Select(column => $"'{column.Name}'"))}";
        return new(ProblemCodes.Conflict, same + ", which must be unique.")
        {
            Errors = resource.Key.ToDictionary(column => column.Name, IReadOnlyList<string> (_) => [same + "."], StringComparer.Ordinal),
        };
    }
}
