using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>What a declared type means: SQLite's affinity, and the field's type.</summary>
internal static class SqliteColumnTypes
{
    /// <summary>The affinity, by the rules of sqlite.org/datatype3.html, section 3.1.</summary>
    public static SqliteAffinity AffinityOf(string declared, bool strict)
    {
        bool Has(string word) => declared.Contains(word, StringComparison.OrdinalIgnoreCase);
        return strict && declared.Equals("ANY", StringComparison.OrdinalIgnoreCase) ? SqliteAffinity.Blob
            : Has("INT") ? SqliteAffinity.Integer
            : Has("CHAR") || Has("CLOB") || Has("TEXT") ? SqliteAffinity.Text
            : Has("BLOB") || declared.Length == 0 ? SqliteAffinity.Blob
            : Has("REAL") || Has("FLOA") || Has("DOUB") ? SqliteAffinity.Real
            : SqliteAffinity.Numeric;
    }

    /// <summary>
    /// The field's type. A name that SQLite gives the affinity NUMERIC only because it does not know it (JSON, STRING, POINT) is <see cref="FieldType.Any"/>.
    /// </summary>
    public static FieldType TypeOf(string declared, bool strict)
    {
        var name = NameOf(declared);
        return AffinityOf(declared, strict) switch
        {
            SqliteAffinity.Integer => name.Contains("POINT", StringComparison.Ordinal) ? FieldType.Any : FieldType.Integer,
            SqliteAffinity.Text => FieldType.String,
            SqliteAffinity.Real => FieldType.Double,
            SqliteAffinity.Blob => declared.Length == 0 || strict && name == "ANY" ? FieldType.Any : FieldType.Binary,
            _ => NumericTypeOf(name, LengthOf(declared)),
        };
    }

    /// <summary>The number in parentheses where it limits a text or a blob; null where there is none.</summary>
    public static int? MaxLengthOf(string declared, FieldType type) => type is FieldType.String or FieldType.Binary ? LengthOf(declared) : null;

    private static FieldType NumericTypeOf(string name, int? length) => name switch
    {
        "BOOLEAN" or "BOOL" => FieldType.Boolean,
        "BIT" when length is null or 1 => FieldType.Boolean,
        "DECIMAL" or "NUMERIC" or "DEC" or "NUMBER" or "MONEY" or "SMALLMONEY" or "CURRENCY" => FieldType.Decimal,
        "DATE" => FieldType.Date,
        "UNIQUEIDENTIFIER" or "GUID" or "UUID" => FieldType.Guid,
        "BINARY" or "VARBINARY" or "IMAGE" or "BYTEA" => FieldType.Binary,
        "DATETIME" or "DATETIME2" or "SMALLDATETIME" or "DATETIMEOFFSET" => FieldType.DateTime,
        _ when name == "TIME" || name.StartsWith("TIME ", StringComparison.Ordinal) => FieldType.Time,
        _ when name.StartsWith("TIMESTAMP", StringComparison.Ordinal) => FieldType.DateTime,
        _ => FieldType.Any,
    };

    private static string NameOf(string declared)
    {
        var end = declared.IndexOf('(', StringComparison.Ordinal);
        return (end < 0 ? declared : declared[..end]).Trim().ToUpperInvariant();
    }

    private static int? LengthOf(string declared)
    {
        var start = declared.IndexOf('(', StringComparison.Ordinal) + 1;
        var end = declared.IndexOf(')', StringComparison.Ordinal);
        return start > 0 && end > start && int.TryParse(declared.AsSpan(start, end - start), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var length) && length > 0 ? length : null;
    }
}
