namespace RealtimeApi.Server.Rest;

/// <summary>What a request is answered with.</summary>
/// <param name="Read">The content; null where there is no such item.</param>
/// <param name="Cursor">Where the log stood; null where the resource cannot be watched.</param>
internal readonly record struct Answer(Read? Read, string? Cursor);
