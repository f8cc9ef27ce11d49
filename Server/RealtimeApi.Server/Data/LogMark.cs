using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data;

/// <summary>A point of a certain log.</summary>
/// <param name="LogId">The log's id.</param>
/// <param name="Point">The point.</param>
internal readonly record struct LogMark(string LogId, LogPoint Point);
