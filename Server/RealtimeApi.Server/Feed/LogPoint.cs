namespace RealtimeApi.Server.Feed;

/// <summary>A position and the tag of the newest log row at or before it, by which a log that was restored or replaced is noticed.</summary>
/// <param name="Position">Where in the log.</param>
/// <param name="Tag">The random number of the newest row at or before the position; 0 where the log has none.</param>
internal readonly record struct LogPoint(LogPosition Position, long Tag);
