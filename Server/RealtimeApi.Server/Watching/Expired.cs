using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Watching;

/// <summary>The ways in which a cursor can no longer be continued.</summary>
/// <remarks>PROTOCOL, Guarantees of a watch, 3.</remarks>
internal static class Expired
{
    public const string LogBroke = "The database has been restored or replaced. Read the items again and watch from there.";

    public static ProblemException Because(string detail) => new(ProblemCodes.CursorExpired, detail);

    public static ProblemException OtherLog() => Because("The cursor is of another database, or of one that has been restored or replaced since. Read the items again and watch from there.");

    public static ProblemException Trimmed() => Because("The changes after the cursor are older than the log's retention. Read the items again and watch from there.");

    public static ProblemException BeforeCapture(string resource) =>
        Because($"The capture of '{resource}' was set up anew after the cursor. Read the items again and watch from there.");

    public static ProblemException OtherRights() => Because("The caller's rights are not those that the cursor was made for. Read the items again and watch from there.");
}
