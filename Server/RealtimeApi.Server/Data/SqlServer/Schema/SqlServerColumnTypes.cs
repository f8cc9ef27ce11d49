using System.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What a type of SQL Server means: the driver's name of it, and the field's type.</summary>
internal static class SqlServerColumnTypes
{
    /// <summary>The type of this name, or null for one whose columns are left out.</summary>
    /// <param name="name">The base type's name as the catalog has it; alias types are resolved.</param>
    public static SqlDbType? Find(string name) => name.ToLowerInvariant() switch
    {
        "tinyint" => SqlDbType.TinyInt,
        "smallint" => SqlDbType.SmallInt,
        "int" => SqlDbType.Int,
        "bigint" => SqlDbType.BigInt,
        "bit" => SqlDbType.Bit,
        "decimal" or "numeric" => SqlDbType.Decimal,
        "money" => SqlDbType.Money,
        "smallmoney" => SqlDbType.SmallMoney,
        "float" => SqlDbType.Float,
        "real" => SqlDbType.Real,
        "char" => SqlDbType.Char,
        "varchar" => SqlDbType.VarChar,
        "nchar" => SqlDbType.NChar,
        "nvarchar" or "sysname" => SqlDbType.NVarChar,
        "xml" or "json" => SqlDbType.Xml,
        "uniqueidentifier" => SqlDbType.UniqueIdentifier,
        "binary" => SqlDbType.Binary,
        "varbinary" => SqlDbType.VarBinary,
        "timestamp" or "rowversion" => SqlDbType.Timestamp,
        "date" => SqlDbType.Date,
        "time" => SqlDbType.Time,
        "datetime" => SqlDbType.DateTime,
        "smalldatetime" => SqlDbType.SmallDateTime,
        "datetime2" => SqlDbType.DateTime2,
        "datetimeoffset" => SqlDbType.DateTimeOffset,
        _ => null,
    };

    /// <summary>The field's type.</summary>
    public static FieldType TypeOf(SqlDbType type) => type switch
    {
        SqlDbType.TinyInt or SqlDbType.SmallInt or SqlDbType.Int or SqlDbType.BigInt => FieldType.Integer,
        SqlDbType.Bit => FieldType.Boolean,
        SqlDbType.Decimal or SqlDbType.Money or SqlDbType.SmallMoney => FieldType.Decimal,
        SqlDbType.Float or SqlDbType.Real => FieldType.Double,
        SqlDbType.UniqueIdentifier => FieldType.Guid,
        SqlDbType.Binary or SqlDbType.VarBinary or SqlDbType.Timestamp => FieldType.Binary,
        SqlDbType.Date => FieldType.Date,
        SqlDbType.Time => FieldType.Time,
        SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset => FieldType.DateTime,
        _ => FieldType.String,
    };

    /// <summary>Why columns of a type are left out, for a message.</summary>
    public static string WhyNot(string name) => name.ToLowerInvariant() switch
    {
        "text" => "triggers cannot see text; varchar(max) has replaced it",
        "ntext" => "triggers cannot see ntext; nvarchar(max) has replaced it",
        "image" => "triggers cannot see image; varbinary(max) has replaced it",
        "sql_variant" => "its values have types of their own",
        _ => $"values of {name} have no form that items could show",
    };
}
