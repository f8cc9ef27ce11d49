using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RealtimeApi.Client;

/// <summary>Reads the protocol's events as <see cref="ItemChange{T}"/>.</summary>
internal static class ChangeReader
{
    public static ItemChange<T> Read<T>(ChangeBatch batch, int index, JsonTypeInfo<T> type)
        where T : class
    {
        var change = batch[index];
        var kind = KindOf(TextOf(change, "view"));
        return new()
        {
            Kind = kind,
            Key = TextOf(change, "subject"),
            Item = kind == ChangeKind.Removed ? null : ReadItem(PropertyOf(change, "data"), type),
            Operation = OperationOf(TextOf(change, "type")),
            Time = PropertyOf(change, "time") is { ValueKind: JsonValueKind.String } stamp && stamp.TryGetDateTimeOffset(out var time) ? time : throw Problems.Invalid("A change has a time that is none."),
            // The batch may end past its last change.
            Cursor = index == batch.Count - 1 ? batch.Cursor : TextOf(change, "id"),
        };
    }

    public static ItemChange<T> ReadInitial<T>(JsonElement item, IReadOnlyList<string> keyFields, JsonTypeInfo<T> type)
        where T : class => new()
        {
            Kind = ChangeKind.Added,
            Key = ItemKey.TextOf(item, keyFields),
            Item = ReadItem(item, type),
            IsInitial = true,
        };

    public static T ReadItem<T>(JsonElement item, JsonTypeInfo<T> type)
        where T : class => item.Deserialize(type) ?? throw Problems.Invalid("An item came as null.");

    private static ChangeKind KindOf(string view) => view switch
    {
        "added" => ChangeKind.Added,
        "modified" => ChangeKind.Modified,
        "removed" => ChangeKind.Removed,
        _ => throw Problems.Invalid($"A change came with the view '{view}'."),
    };

    private static ChangeOperation OperationOf(string type) => type.Substring(type.LastIndexOf('.') + 1) switch
    {
        "created" => ChangeOperation.Created,
        "updated" => ChangeOperation.Updated,
        "deleted" => ChangeOperation.Deleted,
        _ => throw Problems.Invalid($"A change came with the type '{type}'."),
    };

    private static string TextOf(JsonElement change, string name) =>
        PropertyOf(change, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Problems.Invalid($"A change has no text in '{name}'.");

    private static JsonElement PropertyOf(JsonElement change, string name) =>
        change.ValueKind == JsonValueKind.Object && change.TryGetProperty(name, out var value) ? value : throw Problems.Invalid($"A change came without '{name}'.");
}
