using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Queries;

/// <summary>A resource with a field of every type, and some whose names are words of the filter language.</summary>
internal static class Shop
{
    public static readonly ResourceDefinition Orders = Make(
        ("id", FieldType.Integer), ("name", FieldType.String), ("total", FieldType.Decimal), ("weight", FieldType.Double), ("paid", FieldType.Boolean),
        ("token", FieldType.Guid), ("photo", FieldType.Binary), ("day", FieldType.Date), ("hour", FieldType.Time), ("orderDate", FieldType.DateTime),
        ("extra", FieldType.Any), ("secret", FieldType.String));

    public static readonly ResourceDefinition Odd = Make(
        ("id", FieldType.Integer), ("not", FieldType.Integer), ("eq", FieldType.Integer), ("in", FieldType.Integer), ("and", FieldType.Integer),
        ("null", FieldType.Integer), ("true", FieldType.Boolean), ("contains", FieldType.String), ("2nd", FieldType.String), ("2024", FieldType.Integer),
        ("_field", FieldType.Integer), ("größe", FieldType.Integer));

    private static ResourceDefinition Make(params (string Name, FieldType Type)[] fields)
    {
        var columns = fields.Select((f, i) => new ColumnDefinition
        {
            Column = f.Name,
            Name = f.Name,
            Ordinal = i,
            Type = f.Type,
            DeclaredType = "",
            Hidden = f.Name == "secret",
            Storage = new SqliteStorage(SqliteAffinity.Blob, "BINARY", null),
        }).ToArray();
        return new() { Name = "orders", Table = new(null, "Orders"), Columns = columns, Key = [columns[0]], Fingerprint = "f1", MaxTop = 500 };
    }
}
