using System.Text.Json;

namespace RealtimeApi.Server.Resources;

/// <summary>Writes items as JSON: the only place that decides what a value looks like on the wire.</summary>
internal static class ItemWriter
{
    /// <summary>Writes the object of an item with these columns, in their order.</summary>
    public static void Write(Utf8JsonWriter writer, FieldValue[] values, IReadOnlyList<ColumnDefinition> columns) => throw new NotImplementedException();
}
