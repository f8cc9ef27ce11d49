using System.Data;
using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Dates and times as their columns hold them. A point in time without an offset is taken as UTC.</summary>
internal static class SqlServerTime
{
    private const string Moment = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    // What datetime and smalldatetime can hold.
    private static readonly DateTime FirstDateTime = new(1753, 1, 1);
    private static readonly DateTime LastDateTime = new DateTime(9999, 12, 31, 23, 59, 59).AddMilliseconds(997);
    private static readonly DateTime FirstSmallDateTime = new(1900, 1, 1);
    private static readonly DateTime LastSmallDateTime = new(2079, 6, 6, 23, 59, 0);

    /// <inheritdoc cref="SqlServerProjection.FinishText"/>
    public static FieldValue FinishText(ColumnDefinition column, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return SqlServerStorage.Of(column).Type switch
        {
            SqlDbType.Date => FieldValue.Of(DateOnly.ParseExact(text, "yyyy-MM-dd", culture)),
            SqlDbType.Time => FieldValue.Of(TimeOnly.ParseExact(text, "HH:mm:ss.FFFFFFF", culture)),
            SqlDbType.DateTimeOffset => FieldValue.Of(DateTimeOffset.ParseExact(text, Moment + " zzz", culture)),
            _ => FieldValue.Of(new DateTimeOffset(DateTime.ParseExact(text, Moment, culture).Ticks, TimeSpan.Zero)),
        };
    }

    /// <inheritdoc cref="SqlServerProjection.Store(ColumnDefinition, FieldValue, out int)"/>
    /// <param name="storage">The column's storage.</param>
    /// <param name="value">The value.</param>
    /// <param name="order">How what is stored stands to the value.</param>
    public static object? Store(SqlServerStorage storage, FieldValue value, out int order)
    {
        order = 0;
        switch (storage.Type, value.Kind)
        {
            case (SqlDbType.Date, FieldValueKind.Date):
                return value.Date.ToDateTime(TimeOnly.MinValue);
            case (SqlDbType.Time, FieldValueKind.Time):
                var time = Floor(value.Time.Ticks, storage.Scale);
                order = time.CompareTo(value.Time.Ticks);
                return new TimeSpan(time);
            case (SqlDbType.DateTimeOffset, FieldValueKind.DateTime):
                var ticks = Floor(value.DateTime.Ticks, storage.Scale);
                order = ticks.CompareTo(value.DateTime.Ticks);
                return new DateTimeOffset(ticks, value.DateTime.Offset);
            case (SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2, FieldValueKind.DateTime):
                var moment = value.DateTime.UtcDateTime;
                var stored = storage.Type switch
                {
                    SqlDbType.DateTime => FloorDateTime(moment),
                    SqlDbType.SmallDateTime => Clamp(moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMinute)), FirstSmallDateTime, LastSmallDateTime),
                    _ => new(Floor(moment.Ticks, storage.Scale)),
                };
                order = stored.Ticks.CompareTo(moment.Ticks);
                return DateTime.SpecifyKind(stored, DateTimeKind.Unspecified);
            default:
                return null;
        }
    }

    private static long Floor(long ticks, int scale)
    {
        var unit = (long)Math.Pow(10, 7 - scale);
        return ticks - (ticks % unit);
    }

    /// <summary>datetime counts 1/300 of a second, shown in milliseconds that end in 0, 3 and 7.</summary>
    private static DateTime FloorDateTime(DateTime moment)
    {
        if (moment < FirstDateTime)
            return FirstDateTime;
        var milliseconds = moment.Ticks / TimeSpan.TicksPerMillisecond;
        var last = milliseconds % 10;
        return Clamp(new((milliseconds - last + (last < 3 ? 0 : last < 7 ? 3 : 7)) * TimeSpan.TicksPerMillisecond), FirstDateTime, LastDateTime);
    }

    private static DateTime Clamp(DateTime value, DateTime first, DateTime last) => value < first ? first : value > last ? last : value;
}
