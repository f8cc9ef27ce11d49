using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The one projection: what SQLite holds becomes a <see cref="FieldValue"/> here and nowhere else, for reads and for the log's images.</summary>
/// <remarks>
/// A stored value fits its column's type exactly when it is the one stored form of its field value, so that fitting values are equal, and
/// sort, in SQL as they do in memory and indexes serve: <c>Store(Finish(x)) = x</c>. Everything else (text in an integer column, a date in
/// another form than its column's) is a misfit, shown as stored. <see cref="FitsCondition"/> is the same judgement in SQL. (One exception:
/// GUIDs held as blobs sort by their bytes in SQL, which is not the order of <see cref="Guid"/>.)
/// </remarks>
internal static class SqliteProjection
{
    // The span of magnitudes in which the shortest decimal text of every double is a System.Decimal without loss: 2^-36 to 2^95. A number beyond it
    // (what is left of 0.1 + 0.2 - 0.3, say) stays a double in a column of decimals, too.
    private const double SmallestDecimal = 1.0 / 68719476736;
    private const double DecimalLimit = 39614081257132168796771975168.0;

    /// <summary>A stored value of any storage class (null, long, double, string, byte[]) as the column's field value.</summary>
    public static FieldValue Finish(ColumnDefinition column, object? stored) => stored switch
    {
        null or DBNull => FieldValue.Null,
        long value => FinishInteger(column, value),
        double value => FinishReal(column, value),
        string value => FinishText(column, value),
        byte[] value => FinishBlob(column, value),
        _ => throw new ArgumentException($"SQLite stores no {stored.GetType().Name}.", nameof(stored)),
    };

    /// <summary>The same for a column of the reader's present row, without a box: what the hot path of reads calls.</summary>
    public static FieldValue Read(ColumnDefinition column, SqliteDataReader reader, int ordinal)
    {
        var statement = reader.Handle!;
        switch (raw.sqlite3_column_type(statement, ordinal))
        {
            case raw.SQLITE_INTEGER:
                return FinishInteger(column, raw.sqlite3_column_int64(statement, ordinal));
            case raw.SQLITE_FLOAT:
                return FinishReal(column, raw.sqlite3_column_double(statement, ordinal));
            case raw.SQLITE_TEXT:
                // GetString ends at a NUL, the text does not. Asking for the length first makes UTF-8 of a UTF-16 database's text.
                return raw.sqlite3_column_bytes(statement, ordinal) == 0
                    ? FinishText(column, "")
                    : FinishText(column, raw.sqlite3_column_blob(statement, ordinal));
            case raw.SQLITE_BLOB:
                return FinishBlob(column, raw.sqlite3_column_blob(statement, ordinal).ToArray());
            default:
                return FieldValue.Null;
        }
    }

    /// <summary>
    /// The value to compare the column with in SQL (null, long, double, string or byte[]), and for a misfit the value as stored.
    /// </summary>
    /// <remarks>
    /// Rounds down where the column cannot hold the value exactly (a fraction of a second in a column of whole seconds) and to the nearest
    /// double. A caller that compares with a client's literal sees this by <c>Finish(column, Store(column, literal))</c>: where that differs
    /// from the literal, no stored value is equal to it; if it is greater, "greater" becomes "greater or equal" and "less or equal" becomes
    /// "less"; if it is less, "less" becomes "less or equal" and "greater or equal" becomes "greater". A caller that finds by key compares the
    /// key of what it found.
    /// </remarks>
    public static object? Store(ColumnDefinition column, FieldValue value) => value.Kind switch
    {
        FieldValueKind.Null => null,
        FieldValueKind.Boolean => value.Boolean ? 1L : 0L,
        FieldValueKind.Integer => value.Integer,
        FieldValueKind.Real => value.Real,
        FieldValueKind.Decimal => StoreDecimal(value.Decimal),
        FieldValueKind.Text => value.Text,
        FieldValueKind.Binary => value.Binary,
        FieldValueKind.Guid => StoreGuid(SqliteStorage.Of(column), value.Guid),
        FieldValueKind.Date => SqliteTime.Store(SqliteStorage.Of(column), value.Date.ToDateTime(TimeOnly.MinValue)),
        FieldValueKind.Time => SqliteTime.Store(SqliteStorage.Of(column), default(DateTime).Add(value.Time.ToTimeSpan())),
        FieldValueKind.DateTime => SqliteTime.Store(SqliteStorage.Of(column), value.DateTime.UtcDateTime),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, "Not a kind of value."),
    };

    /// <summary>
    /// A SQL condition, 0 or 1 and never null, that is true exactly of the stored values that <see cref="Finish"/> makes a fitting value other than null.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="expression">The column in SQL, e.g. <c>t.`OrderDate`</c>.</param>
    public static string FitsCondition(ColumnDefinition column, string expression) => column.Type switch
    {
        FieldType.Any => $"({expression} IS NOT NULL)",
        FieldType.Boolean => $"(typeof({expression}) = 'integer' AND {expression} IN (0, 1))",
        FieldType.Integer => $"(typeof({expression}) = 'integer')",
        FieldType.Decimal or FieldType.Double => $"(typeof({expression}) IN ('integer', 'real'))",
        FieldType.String => $"(typeof({expression}) = 'text')",
        FieldType.Binary => $"(typeof({expression}) = 'blob')",
        FieldType.Guid => GuidFits(SqliteStorage.Of(column), expression),
        FieldType.Date or FieldType.Time or FieldType.DateTime => SqliteTime.FitsCondition(column, expression),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, "Not a type of field."),
    };

    private static FieldValue FinishInteger(ColumnDefinition column, long value) => column.Type switch
    {
        FieldType.Any or FieldType.Integer => FieldValue.Of(value),
        FieldType.Boolean when value is 0 or 1 => FieldValue.Of(value == 1),
        FieldType.Decimal => FieldValue.Of((decimal)value),
        FieldType.Double => FieldValue.Of((double)value),
        FieldType.Date or FieldType.DateTime => SqliteTime.Finish(column, value),
        _ => FieldValue.Of(value).AsMisfit(),
    };

    private static FieldValue FinishReal(ColumnDefinition column, double value)
    {
        if (value == 0)
            value = 0; // One zero: -0.0 is equal to it and would be written as another text.
        return column.Type switch
        {
            FieldType.Any or FieldType.Double => FieldValue.Of(value),
            FieldType.Decimal when value == 0 || Math.Abs(value) is >= SmallestDecimal and < DecimalLimit => FieldValue.Of(ShortestDecimal(value)),
            FieldType.Decimal => FieldValue.Of(value),
            FieldType.Date or FieldType.DateTime => SqliteTime.Finish(column, value),
            _ => FieldValue.Of(value).AsMisfit(),
        };
    }

    private static FieldValue FinishText(ColumnDefinition column, string value)
    {
        // Only short ASCII can be a GUID or a time; the longest form has 36 characters.
        Span<byte> utf8 = stackalloc byte[40];
        return column.Type is FieldType.Any or FieldType.String ? FieldValue.Of(value)
            : value.Length <= utf8.Length && Encoding.UTF8.TryGetBytes(value, utf8, out var count) && ParseText(column, utf8[..count]) is { } parsed ? parsed
            : FieldValue.Of(value).AsMisfit();
    }

    private static FieldValue FinishText(ColumnDefinition column, ReadOnlySpan<byte> utf8) =>
        column.Type is FieldType.Any or FieldType.String ? FieldValue.Of(Encoding.UTF8.GetString(utf8))
        : ParseText(column, utf8) is { } parsed ? parsed
        : FieldValue.Of(Encoding.UTF8.GetString(utf8)).AsMisfit();

    private static FieldValue? ParseText(ColumnDefinition column, ReadOnlySpan<byte> utf8) => column.Type switch
    {
        FieldType.Guid => ParseGuid(SqliteStorage.Of(column), utf8),
        FieldType.Date or FieldType.Time or FieldType.DateTime => SqliteTime.Parse(column, utf8),
        _ => null,
    };

    private static FieldValue FinishBlob(ColumnDefinition column, byte[] value) => column.Type switch
    {
        FieldType.Any or FieldType.Binary => FieldValue.Of(value),
        FieldType.Guid when value.Length == 16 && SqliteStorage.Of(column).GuidFormat == SqliteGuidFormat.Blob => FieldValue.Of(new Guid(value)),
        _ => FieldValue.Of(value).AsMisfit(),
    };

    private static decimal ShortestDecimal(double value)
    {
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        return decimal.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static object StoreDecimal(decimal value)
    {
        if (decimal.IsInteger(value) && value is >= long.MinValue and <= long.MaxValue)
            return (long)value;
        Span<char> text = stackalloc char[40];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture); // A cast rounds less well.
    }

    private static object StoreGuid(SqliteStorage storage, Guid value) => storage.GuidFormat switch
    {
        SqliteGuidFormat.Blob => value.ToByteArray(),
        SqliteGuidFormat.Upper => value.ToString().ToUpperInvariant(),
        _ => value.ToString(),
    };

    private static FieldValue? ParseGuid(SqliteStorage storage, ReadOnlySpan<byte> utf8)
    {
        if (storage.GuidFormat == SqliteGuidFormat.Blob || utf8.Length != 36 || !Guid.TryParseExact(Encoding.ASCII.GetString(utf8), "D", out var value))
            return null;
        var isOtherCase = storage.GuidFormat == SqliteGuidFormat.Upper
            ? utf8.IndexOfAnyInRange((byte)'a', (byte)'f') >= 0
            : utf8.IndexOfAnyInRange((byte)'A', (byte)'F') >= 0;
        return isOtherCase && !FoldsCase(storage) ? null : FieldValue.Of(value);
    }

    private static string GuidFits(SqliteStorage storage, string expression)
    {
        if (storage.GuidFormat == SqliteGuidFormat.Blob)
            return $"(typeof({expression}) = 'blob' AND length({expression}) = 16)";
        var digit = FoldsCase(storage) ? "[0-9a-fA-F]" : storage.GuidFormat == SqliteGuidFormat.Upper ? "[0-9A-F]" : "[0-9a-f]";
        string Group(int count) => string.Concat(Enumerable.Repeat(digit, count));
        var pattern = $"{Group(8)}-{Group(4)}-{Group(4)}-{Group(4)}-{Group(12)}";
        return $"(typeof({expression}) = 'text' AND {expression} GLOB '{pattern}' AND instr({expression}, char(0)) = 0)";
    }

    private static bool FoldsCase(SqliteStorage storage) => string.Equals(storage.Collation, "NOCASE", StringComparison.OrdinalIgnoreCase);
}
