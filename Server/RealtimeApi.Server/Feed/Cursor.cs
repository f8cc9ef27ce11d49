using System.Diagnostics.CodeAnalysis;

namespace RealtimeApi.Server.Feed;

/// <summary>A place in a change log for a caller with certain rights: log, position, tag and rights. Opaque to clients.</summary>
/// <remarks>PROTOCOL, Terms. Immutable; good on every node, since nothing but the log is needed to judge it.</remarks>
/// <param name="LogId">The log's id.</param>
/// <param name="Point">The position and the tag of the newest row there.</param>
/// <param name="Rights">The fingerprint of the row rules in force for the caller; empty without any.</param>
/// <param name="IsWrite">The cursor of a write: good for <c>Realtime-Min-Cursor</c> only.</param>
internal sealed record Cursor(string LogId, LogPoint Point, string Rights = "", bool IsWrite = false)
{
    /// <summary>The text on the wire.</summary>
    public override string ToString() => throw new NotImplementedException();

    public static bool TryParse(string text, [NotNullWhen(true)] out Cursor? cursor) => throw new NotImplementedException();
}
