using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.Schemas;

/// <summary>The JSON that goes over the wire, as schemas by their names among a document's components: the one source of both documents.</summary>
/// <param name="host">The document that the references between them belong to; null where they stand alone.</param>
internal sealed class WireSchemas(OpenApiDocument? host)
{
    public const string Problem = "Problem";
    public const string Bookmark = "Bookmark";
    public const string ServiceDocument = "ServiceDocument";

    /// <summary>Shows that nothing can be read from a cursor; it is none.</summary>
    public const string CursorExample = "k7q2-1a2b-9f";

    private const string CursorText = "A position in the change log: opaque, good on every node, on every transport and after a restart.";

    /// <summary>A reference to a schema.</summary>
    public IOpenApiSchema Ref(string name) => new OpenApiSchemaReference(name, host);

    /// <summary>The schemas that resources share.</summary>
    /// <param name="anyWatchable">Whether any can be watched.</param>
    public static IEnumerable<(string Name, OpenApiSchema Schema)> Common(bool anyWatchable)
    {
        yield return (ServiceDocument, Object(
            [
                ("resources", new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = Object(
                        [
                            ("name", Text(example: "orders")),
                            ("key", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text(), Description = "The fields that make the key, in its order." }),
                            ("watchable", Flag()),
                            ("writable", Flag()),
                            ("href", Text("Where it is read.", "uri-reference", "/api/orders")),
                        ],
                        ["name", "key", "watchable", "writable", "href"]),
                }),
                ("hub", Text("Where the SignalR hub is.", "uri-reference", "/hubs/resources")),
            ],
            ["resources", "hub"],
            "What there is to read."));
        yield return (Problem, Object(
            [
                ("type", Text("`/problems/<code>`, or `about:blank` where the server itself failed.", "uri-reference")),
                ("title", Text("The same for every problem of this type.")),
                ("status", new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." }),
                ("detail", Text("What is wrong with this request, and how to mend it.")),
                ("at", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0", Description = "How many characters of the offending text stand before the place at fault, where that is known." }),
                ("errors", new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text() },
                    Description = "For `invalid-body`, and for `conflict` where the database tells: what is wrong with each field at fault, by its name.",
                }),
            ],
            ["type", "title", "status"],
            "Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457))."));
        if (anyWatchable)
            yield return (Bookmark, Object([("cursor", Cursor())], ["cursor"], "A cursor without a change, so that a quiet watch does not fall behind the log."));
    }

    /// <summary>The schemas of one resource.</summary>
    public IEnumerable<(string Name, OpenApiSchema Schema)> Of(ResourceNames names)
    {
        var resource = names.Resource;
        yield return (names.Item, Item(names));
        yield return (names.Page, Page(names));
        if (resource.Watchable)
        {
            yield return (names.Event, Event(names));
            yield return (names.Message, Message(names));
            yield return (names.Changes, Object(
                [
                    ("changes", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Ref(names.Event), Description = "In the order of the log." }),
                    ("cursor", Cursor("What to send as `since` next time.")),
                    ("more", Flag("Whether to ask again at once.")),
                ],
                ["changes", "cursor", "more"],
                $"What has changed in `{resource.Name}` since a cursor."));
        }

        if (resource.Writable)
        {
            foreach (var schema in Writes(names))
                yield return schema;
        }
    }

    public static OpenApiSchema Object(
        IEnumerable<(string Name, IOpenApiSchema Schema)> properties, IEnumerable<string> required, string? description = null) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = properties.ToDictionary(property => property.Name, property => property.Schema),
        Required = new SortedSet<string>(required, StringComparer.Ordinal),
    };

    public static OpenApiSchema Text(string? description = null, string? format = null, string? example = null) => new()
    {
        Type = JsonSchemaType.String,
        Description = description,
        Format = format,
        Examples = example is null ? null : [JsonValue.Create(example)],
    };

    public static OpenApiSchema Flag(string? description = null) => new() { Type = JsonSchemaType.Boolean, Description = description };

    public static OpenApiSchema Cursor(string? description = null) => Text(description is null ? CursorText : $"{description} {CursorText}", example: CursorExample);

    public static OpenApiSchema OneOf(string? description, params string[] values) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value))],
        Description = description,
    };

    private static OpenApiSchema Item(ResourceNames names)
    {
        var resource = names.Resource;
        return Object(
            resource.Columns.Where(column => !column.Hidden).Select(column => (column.Name, (IOpenApiSchema)FieldSchema.OfRead(column, resource.Key.Contains(column)))),
            resource.Key.Select(column => column.Name),
            $"One item of `{resource.Name}`. All fields are there unless `$select` names fewer; the key always is.");
    }

    private OpenApiSchema Page(ResourceNames names)
    {
        var watchable = names.Resource.Watchable;
        List<(string, IOpenApiSchema)> properties = [("value", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Ref(names.Item) })];
        if (watchable)
            properties.Add(("cursor", Cursor("Watch from here, and the whole list is covered: all its pages carry the first page's cursor.")));
        properties.Add(("nextLink", Text("The next page; absent on the last.", "uri-reference", $"{names.Path}?$skiptoken=c2tpcA")));
        properties.Add(("count", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0", Description = "The number of all matching items, where `$count=true` asks for it." }));
        return Object(properties, watchable ? ["value", "cursor"] : ["value"], $"A page of `{names.Resource.Name}`.");
    }

    private OpenApiSchema Event(ResourceNames names)
    {
        var name = names.Resource.Name;
        return Object(
            [
                ("specversion", new OpenApiSchema { Type = JsonSchemaType.String, Const = "1.0" }),
                ("id", Text("The change's cursor: unique, good to de-duplicate by and to resume from. Of an initial item it is neither.", example: CursorExample)),
                ("source", new OpenApiSchema { Type = JsonSchemaType.String, Const = names.Path, Format = "uri-reference" }),
                ("type", OneOf("What happened to the row.", name + ".created", name + ".updated", name + ".deleted")),
                ("subject", Text("The item's key.", example: "42")),
                ("time", Text("When the change was committed.", "date-time", "2026-11-23T11:06:26.123Z")),
                ("view", OneOf("What it means for this watch. An item that stops matching the filter is `removed`.", "added", "modified", "removed")),
                ("initial", Flag("`true` for an item of the initial snapshot; otherwise absent.")),
                ("data", Ref(names.Item)),
            ],
            ["specversion", "id", "source", "type", "subject", "time", "view"],
            $"One change of `{name}`, a [CloudEvents 1.0](https://cloudevents.io) event, the same bytes on every transport. `data` is the item after the change; it is absent when `view` is `removed`.");
    }

    /// <summary>A message of a stream of server-sent events, by its lines.</summary>
    private OpenApiSchema Message(ResourceNames names)
    {
        var name = names.Resource.Name;
        return new()
        {
            Description = "A message of the stream. A comment line comes every 15 seconds besides.",
            OneOf =
            [
                Lines("A change, or an item of the initial snapshot, which has no `id`.", Ref(names.Event), ["event", "data"], name + ".created", name + ".updated", name + ".deleted"),
                Lines("No change, but a newer cursor; or the end of the initial snapshot.", Ref(Bookmark), ["id", "event", "data"], "bookmark", "synced"),
                Lines("A snapshot begins: forget what you held.", new OpenApiSchema { Type = JsonSchemaType.Object, MaxProperties = 0 }, ["event", "data"], "reset"),
                Lines("The server ended this watch, for the reason given; the response closes.", Ref(Problem), ["event", "data"], "ended"),
            ],
        };
    }

    private static OpenApiSchema Lines(string description, IOpenApiSchema data, IEnumerable<string> required, params string[] types) => Object(
        [
            ("id", Text("The cursor to resume from.", example: CursorExample)),
            ("event", OneOf(null, types)),
            ("data", new OpenApiSchema { Type = JsonSchemaType.String, ContentMediaType = "application/json", ContentSchema = data }),
        ],
        required,
        description);

    private static IEnumerable<(string Name, OpenApiSchema Schema)> Writes(ResourceNames names)
    {
        var resource = names.Resource;
        var fields = resource.Columns.Where(column => !column.Hidden).ToList();
        Dictionary<string, IOpenApiSchema> Properties() => fields.ToDictionary(column => column.Name, column => (IOpenApiSchema)FieldSchema.OfWrite(column, resource.Key.Contains(column)));
        OpenApiSchema Body(IEnumerable<string> required, string description) => new()
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = Properties(),
            Required = new SortedSet<string>(required, StringComparer.Ordinal),
            AdditionalPropertiesAllowed = false,
        };
        static bool MustBeGiven(ColumnDefinition column) => !column.ReadOnly && !column.HasDefault;

        yield return (names.Write, Body(
            fields.Where(column => !resource.Key.Contains(column) && !column.Nullable && MustBeGiven(column)).Select(column => column.Name),
            "The whole item: what is left out becomes its default, or null. The key is in the path and may be repeated here."));
        yield return (names.Create, Body(
            fields.Where(column => (resource.Key.Contains(column) || !column.Nullable) && MustBeGiven(column)).Select(column => column.Name),
            $"A new item of `{resource.Name}`."));
        yield return (names.Patch, Body([], "The fields to change; null sets null. The key cannot be changed."));
    }
}
