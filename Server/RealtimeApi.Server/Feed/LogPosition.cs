namespace RealtimeApi.Server.Feed;

/// <summary>A place in the change log, in the log's total order.</summary>
/// <param name="Major">SQLite: the log row's number. SQL Server: the rowversion.</param>
/// <param name="Minor">SQLite: 0. SQL Server: the sequence within rows of one rowversion.</param>
internal readonly record struct LogPosition(long Major, long Minor = 0) : IComparable<LogPosition>
{
    public static LogPosition Zero => default;

    public static LogPosition Max => new(long.MaxValue, long.MaxValue);

    public int CompareTo(LogPosition other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;
}
