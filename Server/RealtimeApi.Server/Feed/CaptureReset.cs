namespace RealtimeApi.Server.Feed;

/// <summary>A mark in the log: from here on a resource's present definition is captured, and no cursor before it continues.</summary>
/// <param name="Point">Where the mark stands.</param>
/// <param name="ResourceName">The resource.</param>
internal sealed record CaptureReset(LogPoint Point, string ResourceName);
