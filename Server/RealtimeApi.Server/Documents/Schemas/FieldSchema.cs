using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.Schemas;

/// <summary>What the values of a column look like in JSON (PROTOCOL, Terms, Item), as a JSON Schema.</summary>
/// <remarks>The schema is of the column's type. SQLite may hold other values in it; the guide says so once.</remarks>
internal static class FieldSchema
{
    private const string WholeNumber = "^-?[0-9]+$";
    private const string Number = "^-?[0-9]+(\\.[0-9]+)?$";

    /// <summary>The schema of a field that is read.</summary>
    public static OpenApiSchema OfRead(ColumnDefinition column, bool isKey)
    {
        var schema = Of(column);
        // A double that is not finite is shown as null, whatever the column says.
        if ((column.Nullable || column.Type == FieldType.Double) && !isKey)
            schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    /// <summary>The schema of a field that is written.</summary>
    public static OpenApiSchema OfWrite(ColumnDefinition column, bool isKey)
    {
        var schema = Of(column);
        if (column.Nullable && !isKey)
            schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    /// <summary>The schema of a part of a key in a path.</summary>
    public static OpenApiSchema OfPath(ColumnDefinition column)
    {
        var schema = Of(column);
        schema.ReadOnly = false;
        schema.Description = null;
        schema.Type = column.Type switch
        {
            FieldType.Integer => JsonSchemaType.Integer,
            FieldType.Decimal or FieldType.Double => JsonSchemaType.Number,
            FieldType.Any => JsonSchemaType.String,
            _ => schema.Type,
        };
        if (schema.Type != JsonSchemaType.String)
            schema.Pattern = null;
        return schema;
    }

    /// <summary>A made-up value of the column's type; never one of a row.</summary>
    public static JsonNode Example(ColumnDefinition column) => column.Type switch
    {
        FieldType.Boolean => JsonValue.Create(true),
        FieldType.Integer => JsonValue.Create(42),
        FieldType.Decimal => JsonValue.Create(12.5m),
        FieldType.Double => JsonValue.Create(0.5),
        FieldType.Guid => JsonValue.Create("0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80"),
        FieldType.Binary => JsonValue.Create("AQID"),
        FieldType.Date => JsonValue.Create("2026-11-23"),
        FieldType.Time => JsonValue.Create("11:06:26"),
        FieldType.DateTime => JsonValue.Create("2026-11-23T11:06:26Z"),
        _ => JsonValue.Create("text"[..Math.Min("text".Length, column.MaxLength ?? int.MaxValue)]),
    };

    private static OpenApiSchema Of(ColumnDefinition column)
    {
        var schema = column.Type switch
        {
            FieldType.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            FieldType.Integer => new()
            {
                Type = JsonSchemaType.Integer | JsonSchemaType.String,
                Format = "int64",
                Pattern = WholeNumber,
                Description = "A text of its digits outside ±(2⁵³−1).",
            },
            FieldType.Decimal => new()
            {
                Type = JsonSchemaType.Number | JsonSchemaType.String,
                Pattern = Number,
                Description = "A text of its digits where a double does not hold them all.",
            },
            FieldType.Double => new() { Type = JsonSchemaType.Number, Format = "double" },
            FieldType.Guid => new() { Type = JsonSchemaType.String, Format = "uuid" },
            FieldType.Binary => new() { Type = JsonSchemaType.String, Format = "byte", ContentEncoding = "base64", MaxLength = Base64Length(column.MaxLength) },
            FieldType.Date => new() { Type = JsonSchemaType.String, Format = "date" },
            // "time" would demand an offset.
            FieldType.Time => new() { Type = JsonSchemaType.String, Format = "time-local" },
            FieldType.DateTime => new() { Type = JsonSchemaType.String, Format = "date-time" },
            FieldType.String => new() { Type = JsonSchemaType.String, MaxLength = column.MaxLength },
            _ => new() { Type = JsonSchemaType.String | JsonSchemaType.Number, Description = "The column has no type: each value is shown as what it is stored as." },
        };
        schema.ReadOnly = column.ReadOnly;
        schema.Examples = [Example(column)];
        return schema;
    }

    private static int? Base64Length(int? bytes) => bytes is <= int.MaxValue / 4 * 3 - 3 ? (bytes + 2) / 3 * 4 : null;
}
