using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Resources;

/// <summary>Definitions without a database.</summary>
internal static class TestColumns
{
    public static ColumnDefinition Column(string name, FieldType type, int ordinal = 0, string collation = "BINARY") => new()
    {
        Column = name,
        Name = name,
        Ordinal = ordinal,
        Type = type,
        DeclaredType = "",
        TextRules = SqliteTextRules.Find(collation),
        Storage = new SqliteStorage(SqliteAffinity.Blob, collation, null),
    };

    public static ResourceDefinition Resource(params ColumnDefinition[] key)
    {
        var columns = key.Select((column, i) => column with { Ordinal = i }).ToArray();
        return new() { Name = "things", Table = new(null, "Things"), Columns = columns, Key = columns, Fingerprint = "f" };
    }
}
