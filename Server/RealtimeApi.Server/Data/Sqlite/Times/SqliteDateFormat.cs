namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The forms in which a SQLite column holds dates and times; one for each column.</summary>
internal enum SqliteDateFormat
{
    /// <summary>ISO 8601 text with a space between date and time: <c>2026-11-23 11:06:26.123</c>.</summary>
    TextSpace,

    /// <summary>ISO 8601 text with a <c>T</c> between date and time.</summary>
    TextT,

    /// <summary>The date alone as text: <c>2026-11-23</c>.</summary>
    TextDate,

    /// <summary>Seconds since 1970 as an integer.</summary>
    UnixSeconds,

    /// <summary>Milliseconds since 1970 as an integer.</summary>
    UnixMilliseconds,

    /// <summary>A Julian day number as a real.</summary>
    JulianDay,

    /// <summary>The time of day alone as text: <c>11:06:26.123</c>.</summary>
    TextTime,
}
