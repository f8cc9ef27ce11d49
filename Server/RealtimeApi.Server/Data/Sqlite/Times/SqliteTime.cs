using System.Globalization;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Dates and times in the one form that each column has.</summary>
/// <remarks>UTC where the text says nothing; a column whose texts carry different offsets does not sort by time, so such texts are misfits.</remarks>
internal static class SqliteTime
{
    private const double MillisecondsPerDay = 86400000.0;
    private const long UnixEpochJulianMilliseconds = 210866760000000;
    private const long MinUnixMilliseconds = -62135596800000;
    private const long MaxUnixMilliseconds = 253402300799999;

    /// <summary>An integer as the column's field value.</summary>
    public static FieldValue Finish(ColumnDefinition column, long value)
    {
        var milliseconds = SqliteStorage.Of(column).DateFormat switch
        {
            SqliteDateFormat.UnixSeconds when value is >= MinUnixMilliseconds / 1000 and <= MaxUnixMilliseconds / 1000 => value * 1000,
            SqliteDateFormat.UnixMilliseconds => value,
            SqliteDateFormat.JulianDay when value is > 0 and < 10_000_000 => (value * (long)MillisecondsPerDay) - UnixEpochJulianMilliseconds,
            _ => long.MinValue,
        };
        return FromUnix(column, milliseconds) ?? FieldValue.Of(value).AsMisfit();
    }

    /// <summary>A real as the column's field value.</summary>
    public static FieldValue Finish(ColumnDefinition column, double value)
    {
        if (SqliteStorage.Of(column).DateFormat == SqliteDateFormat.JulianDay && value is > 0 and < 10_000_000)
        {
            var milliseconds = (long)((value * MillisecondsPerDay) + 0.5);
            // A day number holds about 40 microseconds; only the one that SQLite itself writes for a millisecond is that millisecond.
            if (milliseconds / MillisecondsPerDay == value && FromUnix(column, milliseconds - UnixEpochJulianMilliseconds) is { } parsed)
                return parsed;
        }
        return FieldValue.Of(value).AsMisfit();
    }

    /// <summary>A text as the column's field value, or null where it is not in the column's form.</summary>
    public static FieldValue? Parse(ColumnDefinition column, ReadOnlySpan<byte> text)
    {
        var storage = SqliteStorage.Of(column);
        DateOnly date = default;
        var ticks = 0L;
        switch (storage.DateFormat)
        {
            case SqliteDateFormat.TextDate when text.Length == 10:
                if (!SqliteTimeText.TryParseDate(text, out date))
                    return null;
                break;
            case SqliteDateFormat.TextSpace or SqliteDateFormat.TextT when text.Length > 11:
                if (text[10] != (storage.DateFormat == SqliteDateFormat.TextT ? 'T' : ' ')
                    || !SqliteTimeText.TryParseDate(text[..10], out date)
                    || !SqliteTimeText.TryParseClock(text[11..], storage.TextTime, out ticks))
                    return null;
                break;
            case SqliteDateFormat.TextTime:
                return column.Type == FieldType.Time && SqliteTimeText.TryParseClock(text, storage.TextTime, out ticks)
                    ? FieldValue.Of(new TimeOnly(ticks))
                    : null;
            default:
                return null;
        }
        return column.Type switch
        {
            FieldType.DateTime => FieldValue.Of(new DateTimeOffset(date.ToDateTime(new TimeOnly(ticks)), TimeSpan.Zero)),
            FieldType.Date when ticks == 0 => FieldValue.Of(date),
            _ => null,
        };
    }

    /// <summary>The stored form of a point in time, rounded down to what the column holds.</summary>
    public static object Store(SqliteStorage storage, DateTime value) => storage.DateFormat switch
    {
        SqliteDateFormat.UnixSeconds => Since1970(value, TimeSpan.TicksPerSecond),
        SqliteDateFormat.UnixMilliseconds => Since1970(value, TimeSpan.TicksPerMillisecond),
        SqliteDateFormat.JulianDay => (Since1970(value, TimeSpan.TicksPerMillisecond) + UnixEpochJulianMilliseconds) / MillisecondsPerDay,
        SqliteDateFormat.TextDate => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SqliteDateFormat.TextTime => SqliteTimeText.FormatClock(value, storage.TextTime),
        SqliteDateFormat.TextT => value.ToString("yyyy-MM-dd'T'", CultureInfo.InvariantCulture) + SqliteTimeText.FormatClock(value, storage.TextTime),
        _ => value.ToString("yyyy-MM-dd ", CultureInfo.InvariantCulture) + SqliteTimeText.FormatClock(value, storage.TextTime),
    };

    /// <inheritdoc cref="SqliteProjection.FitsCondition"/>
    public static string FitsCondition(ColumnDefinition column, string expression)
    {
        var storage = SqliteStorage.Of(column);
        var isDate = column.Type == FieldType.Date;
        switch (storage.DateFormat)
        {
            case SqliteDateFormat.UnixSeconds:
                return $"(typeof({expression}) = 'integer' AND {expression} BETWEEN {MinUnixMilliseconds / 1000} AND {MaxUnixMilliseconds / 1000}"
                    + (isDate ? $" AND {expression} % 86400 = 0)" : ")");
            case SqliteDateFormat.UnixMilliseconds:
                return $"(typeof({expression}) = 'integer' AND {expression} BETWEEN {MinUnixMilliseconds} AND {MaxUnixMilliseconds}"
                    + (isDate ? $" AND {expression} % 86400000 = 0)" : ")");
            case SqliteDateFormat.JulianDay:
                var milliseconds = $"CAST({expression} * 86400000.0 + 0.5 AS INTEGER)";
                return $"(typeof({expression}) IN ('integer', 'real') AND {expression} > 0 AND {expression} < 10000000 AND {milliseconds} / 86400000.0 = {expression}"
                    + $" AND {milliseconds} BETWEEN {MinUnixMilliseconds + UnixEpochJulianMilliseconds} AND {MaxUnixMilliseconds + UnixEpochJulianMilliseconds}"
                    + (isDate ? $" AND {milliseconds} % 86400000 = 43200000)" : ")");
            case SqliteDateFormat.TextDate:
                return $"({IsText(expression)} AND {IsDate(expression)} AND substr({expression}, 11) = '')";
            case SqliteDateFormat.TextTime:
                return $"({IsText(expression)} AND {SqliteTimeText.ClockFits(expression, 1, storage.TextTime)})";
            default:
                var separator = storage.DateFormat == SqliteDateFormat.TextT ? "T" : " ";
                return isDate
                    ? $"({IsText(expression)} AND {IsDate(expression)} AND substr({expression}, 11) = '{separator}{SqliteTimeText.FormatClock(default, storage.TextTime)}')"
                    : $"({IsText(expression)} AND {IsDate(expression)} AND substr({expression}, 11, 1) = '{separator}' AND {SqliteTimeText.ClockFits(expression, 12, storage.TextTime)})";
        }
    }

    // SQLite's functions end a text at a NUL; a text with one is none of these forms.
    private static string IsText(string expression) => $"typeof({expression}) = 'text' AND instr({expression}, char(0)) = 0";

    // SQLite knows a year 0 and rolls February 30th over; .NET knows neither.
    private static string IsDate(string expression) =>
        $"date(substr({expression}, 1, 10)) IS substr({expression}, 1, 10) AND substr({expression}, 1, 4) <> '0000'";

    // Ticks count from year 1, so that the division rounds down on both sides of 1970.
    private static long Since1970(DateTime value, long unit) => (value.Ticks / unit) - (DateTime.UnixEpoch.Ticks / unit);

    private static FieldValue? FromUnix(ColumnDefinition column, long milliseconds)
    {
        if (milliseconds is < MinUnixMilliseconds or > MaxUnixMilliseconds)
            return null;
        var value = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return column.Type switch
        {
            FieldType.DateTime => FieldValue.Of(value),
            FieldType.Date when value.TimeOfDay == TimeSpan.Zero => FieldValue.Of(DateOnly.FromDateTime(value.UtcDateTime)),
            _ => null,
        };
    }
}
