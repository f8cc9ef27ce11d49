namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>How a column writes the seconds of its texts.</summary>
internal enum SqliteClock
{
    /// <summary><c>11:06:26</c>, with a fraction of up to seven digits that never ends in zero.</summary>
    Trimmed,

    /// <summary><c>11:06:26.120</c>: always the same number of digits, or none.</summary>
    Fixed,

    /// <summary><c>11:06:26.120000</c>, or no fraction at all when it is zero.</summary>
    FixedOrNone,

    /// <summary><c>11:06</c>.</summary>
    Minutes,
}
