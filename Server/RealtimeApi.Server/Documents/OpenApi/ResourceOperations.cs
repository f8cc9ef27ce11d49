using Microsoft.OpenApi;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Polling;
using RealtimeApi.Server.Rest;
using RealtimeApi.Server.Sse;
using RealtimeApi.Server.Writing;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>Describes the paths of one resource and what each method does there.</summary>
internal sealed class ResourceOperations
{
    private const string OfItem = "ByKey";

    private readonly OpenApiDocument document;
    private readonly ComponentSet components;
    private readonly ResourceNames names;
    private readonly Parameters parameters;
    private readonly HashSet<string> operationIds;

    /// <param name="document">Where to describe them.</param>
    /// <param name="components">What they share.</param>
    /// <param name="names">The resource.</param>
    /// <param name="operationIds">The ids that are taken.</param>
    public ResourceOperations(OpenApiDocument document, ComponentSet components, ResourceNames names, HashSet<string> operationIds)
    {
        this.document = document;
        this.components = components;
        this.names = names;
        this.operationIds = operationIds;
        parameters = new(components, names);
    }

    private string Name => names.Resource.Name;

    private bool IsWatchable => names.Resource.Watchable;

    public void Describe()
    {
        var all = new OpenApiPathItem();
        var one = new OpenApiPathItem { Parameters = [.. parameters.Key()] };
        all.AddOperation(HttpMethod.Get, List());
        one.AddOperation(HttpMethod.Get, Get());
        if (names.Resource.Writable)
        {
            all.AddOperation(HttpMethod.Post, Create());
            one.AddOperation(HttpMethod.Put, Replace());
            one.AddOperation(HttpMethod.Patch, Merge());
            one.AddOperation(HttpMethod.Delete, Delete());
        }

        document.Paths.Add(names.Path, all);
        if (IsWatchable)
        {
            Add($"{names.Path}/{SseEndpoint.Segment}", Watch("", ofItem: false));
            Add($"{names.Path}/{ChangesEndpoint.Segment}", Poll("", ofItem: false));
        }

        document.Paths.Add(names.ItemPath, one);
        if (IsWatchable)
        {
            Add($"{names.ItemPath}/{SseEndpoint.Segment}", Watch(OfItem, ofItem: true));
            Add($"{names.ItemPath}/{ChangesEndpoint.Segment}", Poll(OfItem, ofItem: true));
        }
    }

    private OpenApiOperation List() => Operation(
        "list", "", $"List {Name}",
        $"A page of items{(IsWatchable ? ", and the cursor from which to watch the whole list" : "")}. Follow `nextLink` until there is none. The ETag is weak: it speaks of the items.",
        [parameters.Filter(), parameters.OrderBy(), parameters.Top(), parameters.Select(), parameters.Count(), parameters.SkipToken(), .. ReadHeaders()],
        new() { ["200"] = Answer("A page of items.", names.Page), ["304"] = NotModified() },
        ReadProblems());

    private OpenApiOperation Get() => Operation(
        "get", OfItem, $"Get one of {Name}",
        "One item.",
        [parameters.Select(), .. ReadHeaders()],
        new() { ["200"] = Answer("The item.", names.Item), ["304"] = NotModified() },
        [.. ReadProblems(), ProblemCodes.NotFound]);

    private OpenApiOperation Watch(string suffix, bool ofItem) => Operation(
        "watch", suffix, ofItem ? $"Watch one of {Name}" : $"Watch {Name}",
        $"A stream of {(ofItem ? "the item's changes; it need not exist yet" : "changes")}, as server-sent events. To resume, send the last `id` as `Last-Event-ID`; a browser's `EventSource` does so by itself.",
        [.. ofItem ? [] : (IOpenApiParameter[])[parameters.Filter()], parameters.Select(), parameters.Since(), parameters.Initial(), parameters.LastEventId()],
        new()
        {
            ["200"] = new OpenApiResponse
            {
                Description = "A stream without end.",
                Content = new Dictionary<string, OpenApiMediaType> { [SseEndpoint.ContentType] = new() { Schema = Schema(names.Message) } },
            },
        },
        [.. WatchProblems(), ProblemCodes.NotAcceptable]);

    private OpenApiOperation Poll(string suffix, bool ofItem) => Operation(
        "poll", suffix, ofItem ? $"Changes of one of {Name}" : $"Changes of {Name}",
        $"What has changed {(ofItem ? "of the item " : "")}since a cursor. With `wait` the answer comes as soon as there is a change (long polling); without it, at once. Without `since` it is an empty list and the present cursor.",
        [.. ofItem ? [] : (IOpenApiParameter[])[parameters.Filter()], parameters.Select(), parameters.Since(), parameters.Wait(), parameters.Limit()],
        new()
        {
            ["200"] = new OpenApiResponse
            {
                Description = "The changes, in order, and the cursor after them.",
                Headers = new Dictionary<string, IOpenApiHeader> { [AnswerWriter.CursorHeader] = Cursor() },
                Content = Content(names.Changes),
            },
        },
        WatchProblems());

    private OpenApiOperation Create() => Operation(
        "create", "", $"Create one of {Name}",
        "A new item. With an `Idempotency-Key` it may be sent again without making another.",
        [parameters.Select(), parameters.IdempotencyKey()],
        new() { ["201"] = Written("The item was created.", created: true) },
        [.. BodyProblems(), ProblemCodes.IdempotencyMismatch],
        Body(WriteBody.Json, names.Create));

    private OpenApiOperation Replace() => Operation(
        "replace", OfItem, $"Replace one of {Name}",
        "The whole item: a field that is left out gets its default, or null. Where the key is yours to choose, it is created if it is not there.",
        [parameters.Select(), parameters.IfMatch(), parameters.CreateOnly()],
        new() { ["200"] = Written("The item was replaced.", created: false), ["201"] = Written("The item was created.", created: true) },
        [.. BodyProblems(), ProblemCodes.NotFound],
        Body(WriteBody.Json, names.Write));

    private OpenApiOperation Merge() => Operation(
        "update", OfItem, $"Change one of {Name}",
        "The fields that are given ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)); the others stay.",
        [parameters.Select(), parameters.IfMatch()],
        new() { ["200"] = Written("The item was changed.", created: false) },
        [.. BodyProblems(), ProblemCodes.NotFound],
        Body(WriteBody.MergePatch, names.Patch));

    private OpenApiOperation Delete() => Operation(
        "delete", OfItem, $"Delete one of {Name}",
        "Deletes the item.",
        [parameters.IfMatch()],
        new() { ["204"] = new OpenApiResponse { Description = "The item was deleted.", Headers = IsWatchable ? new Dictionary<string, IOpenApiHeader> { [AnswerWriter.CursorHeader] = Cursor() } : null } },
        [ProblemCodes.InvalidQuery, ProblemCodes.NotFound, ProblemCodes.UnknownResource, ProblemCodes.Conflict, ProblemCodes.PreconditionFailed, ProblemCodes.Unavailable]);

    private OpenApiOperation Operation(
        string verb,
        string suffix,
        string summary,
        string description,
        IEnumerable<IOpenApiParameter> takes,
        OpenApiResponses answers,
        IEnumerable<string> problems,
        IOpenApiRequestBody? body = null)
    {
        components.AddProblems(answers, problems);
        return new()
        {
            OperationId = ResourceNames.Take(operationIds, verb + names.Operation + suffix),
            Tags = new HashSet<OpenApiTagReference> { new(Name, document) },
            Summary = summary,
            Description = description,
            Parameters = [.. takes],
            RequestBody = body,
            Responses = answers,
        };
    }

    private void Add(string path, OpenApiOperation operation)
    {
        var item = new OpenApiPathItem();
        if (path.StartsWith(names.ItemPath, StringComparison.Ordinal))
            item.Parameters = [.. parameters.Key()];
        item.AddOperation(HttpMethod.Get, operation);
        document.Paths.Add(path, item);
    }

    private IEnumerable<IOpenApiParameter> ReadHeaders() => IsWatchable ? [parameters.IfNoneMatch(), parameters.MinCursor()] : [parameters.IfNoneMatch()];

    private IEnumerable<string> ReadProblems() => IsWatchable
        ? [ProblemCodes.InvalidQuery, ProblemCodes.InvalidCursor, ProblemCodes.UnknownResource, ProblemCodes.CursorExpired, ProblemCodes.Unavailable]
        : [ProblemCodes.InvalidQuery, ProblemCodes.UnknownResource, ProblemCodes.Unavailable];

    private static IEnumerable<string> WatchProblems() =>
        [ProblemCodes.InvalidQuery, ProblemCodes.InvalidCursor, ProblemCodes.UnknownResource, ProblemCodes.NotWatchable, ProblemCodes.CursorExpired, ProblemCodes.LimitExceeded, ProblemCodes.Unavailable];

    private static IEnumerable<string> BodyProblems() =>
    [
        ProblemCodes.InvalidQuery, ProblemCodes.InvalidBody, ProblemCodes.UnknownResource, ProblemCodes.Conflict, ProblemCodes.PreconditionFailed,
        ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType, ProblemCodes.Unavailable,
    ];

    private OpenApiResponse Answer(string description, string schema) => new()
    {
        Description = description,
        Headers = Validators(IsWatchable),
        Content = Content(schema),
    };

    private IOpenApiResponse NotModified() => components.Response(IsWatchable ? "not-modified.watchable" : "not-modified", () => new()
    {
        Description = "Nothing has changed: what you hold still holds.",
        Headers = Validators(IsWatchable),
    });

    private OpenApiResponse Written(string description, bool created)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { ["ETag"] = ETag() };
        if (created)
            headers["Location"] = components.Header("Location", "Where the item is.");
        if (IsWatchable)
            headers[AnswerWriter.CursorHeader] = Cursor();
        return new() { Description = description, Headers = headers, Content = Content(names.Item) };
    }

    private Dictionary<string, IOpenApiHeader> Validators(bool watchable)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { ["ETag"] = ETag() };
        if (watchable)
        {
            headers[AnswerWriter.CursorHeader] = Cursor();
            headers["Link"] = components.Header("Link", "`rel=\"monitor\"`: where the changes of what was read can be watched.");
        }

        return headers;
    }

    private IOpenApiHeader ETag() => components.Header("ETag", "Names this state of what was read, for `If-None-Match` and `If-Match`.");

    private IOpenApiHeader Cursor() => components.Header(
        AnswerWriter.CursorHeader,
        "A cursor at or before which the answer stands. That of a read is good for `since` and `Realtime-Min-Cursor`, that of a write for `Realtime-Min-Cursor` only.");

    private IOpenApiSchema Schema(string name) => components.Schemas.Ref(name);

    private Dictionary<string, OpenApiMediaType> Content(string schema) => new() { [WriteBody.Json] = new() { Schema = Schema(schema) } };

    private OpenApiRequestBody Body(string mediaType, string schema) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = new() { Schema = Schema(schema) } },
    };
}
