using System.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Definitions of columns of every type, without a database.</summary>
internal static class SqlServerColumns
{
    public static ColumnDefinition Of(SqlServerStorage storage, string name = "c", int ordinal = 0) => new()
    {
        Column = name,
        Name = name,
        Ordinal = ordinal,
        Type = SqlServerColumnTypes.TypeOf(storage.Type),
        DeclaredType = storage.TypeName,
        TextRules = SqlServerTextRules.Find(storage, countsCodePoints: false),
        Storage = storage,
    };

    public static ColumnDefinition Of(SqlDbType type, byte precision = 0, byte scale = 0) => Of(new SqlServerStorage(type) { Precision = precision, Scale = scale });
}
