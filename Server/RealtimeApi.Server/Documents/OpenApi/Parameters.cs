using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Polling;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>The options and headers that the operations of one resource take (PROTOCOL, Reading, Writing and Watching).</summary>
internal sealed class Parameters(ComponentSet components, ResourceNames names)
{
    private readonly ResourceDefinition resource = names.Resource;

    /// <summary>The parts of the key, each a parameter of the path.</summary>
    public IEnumerable<IOpenApiParameter> Key() => resource.Key.Zip(names.KeyParameters, (column, name) => components.Parameter($"{names.Component}.key.{name}", () => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = resource.Key.Count == 1 ? $"The item's key, `{column.Name}`." : $"A part of the item's key, `{column.Name}`.",
        Schema = FieldSchema.OfPath(column),
    }));

    public IOpenApiParameter Filter() => components.Parameter(names.Component + ".filter", () => new()
    {
        Name = QueryOptions.Filter,
        In = ParameterLocation.Query,
        Description = $"Which items, in the part of OData's filter language that the introduction shows. {Fields()}",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Examples = new Dictionary<string, IOpenApiExample>
        {
            ["all"] = new OpenApiExample { Summary = "All items", Value = JsonValue.Create("") },
            ["some"] = new OpenApiExample { Summary = "Some of them", Value = JsonValue.Create(FilterExample.Of(resource)) },
        },
    });

    public IOpenApiParameter OrderBy() => components.Parameter(names.Component + ".orderby", () => new()
    {
        Name = "$orderby",
        In = ParameterLocation.Query,
        Description = "`field`, `field asc` or `field desc`, several with commas. Null comes first ascending; the key always breaks the last tie.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    public IOpenApiParameter Top() => components.Parameter(names.Component + ".top", () => new()
    {
        Name = "$top",
        In = ParameterLocation.Query,
        Description = "How many items a page has.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = resource.MaxTop.ToString(CultureInfo.InvariantCulture),
            Default = JsonValue.Create(Math.Min(resource.DefaultTop, resource.MaxTop)),
        },
    });

    public IOpenApiParameter Select() => components.Parameter(names.Component + ".select", () => new()
    {
        Name = QueryOptions.Select,
        In = ParameterLocation.Query,
        Description = "The fields to send; the key always is. On a watch, a change that alters none of these fields is no event.",
        Style = ParameterStyle.Form,
        Explode = false,
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            Items = WireSchemas.OneOf(null, [.. resource.Columns.Where(column => !column.Hidden).Select(column => column.Name)]),
        },
    });

    public IOpenApiParameter Count() => Query("count", "$count", "`true` adds `count`, the number of all matching items.", new() { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) });

    public IOpenApiParameter SkipToken() => Query("skiptoken", QueryOptions.SkipToken, "Where the page starts: taken from a `nextLink`, never made by hand.", WireSchemas.Text());

    public IOpenApiParameter Since() => Query("since", "since", "The cursor to continue after. Default: now.", WireSchemas.Text());

    public IOpenApiParameter Initial() => Query(
        "initial", "initial", "`true`: the current items first, then `synced`, then the changes. Not together with `since`.", new() { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) });

    public IOpenApiParameter Wait() => Query(
        "wait", ChangesRequest.WaitOption, "Seconds to wait where there is no change. The answer comes as soon as there is one.", Range(0, ChangesRequest.MaxWait, unset: 0));

    public IOpenApiParameter Limit() => Query("limit", ChangesRequest.LimitOption, "The most events of an answer.", Range(1, ChangesRequest.MaxLimit, ChangesRequest.DefaultLimit));

    public IOpenApiParameter LastEventId() => Header("Last-Event-ID", "The last `id` that the stream had; it overrides `since` and `initial`. A browser sends it by itself when it connects again.");

    public IOpenApiParameter IfNoneMatch() => Header("If-None-Match", "The `ETag` of what you hold: the answer is 304 as long as it has not changed.");

    public IOpenApiParameter CreateOnly() => components.Parameter("create-only", () => new()
    {
        Name = "If-None-Match",
        In = ParameterLocation.Header,
        Description = "`*`: create the item, and refuse where it is there already.",
        Schema = WireSchemas.Text(),
    });

    public IOpenApiParameter IfMatch() => Header("If-Match", "The `ETag` of the item as you read it: the write is refused when it has changed since. Read it with the same `$select`.");

    public IOpenApiParameter MinCursor() => Header("Realtime-Min-Cursor", "The last `Realtime-Cursor` you saw, of a read or a write: the answer is at least that new, whichever node gives it.");

    public IOpenApiParameter IdempotencyKey() => Header(
        "Idempotency-Key", "1 to 255 characters of your own. The same key and body from the same caller within 24 hours get the first answer again.");

    private IOpenApiParameter Header(string name, string description) => components.Parameter(name, () => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = WireSchemas.Text(),
    });

    private IOpenApiParameter Query(string component, string name, string description, OpenApiSchema schema) => components.Parameter(component, () => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = schema,
    });

    private static OpenApiSchema Range(int from, int to, int unset) => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = from.ToString(CultureInfo.InvariantCulture),
        Maximum = to.ToString(CultureInfo.InvariantCulture),
        Default = JsonValue.Create(unset),
    };

    private string Fields() => $"The fields: {string.Join(", ", resource.Columns.Where(column => !column.Hidden).Select(column => $"`{column.Name}`"))}.";
}
