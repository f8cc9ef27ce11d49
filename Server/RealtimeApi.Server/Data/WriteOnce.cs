namespace RealtimeApi.Server.Data;

/// <summary>The mark by which a repeated write is known, recorded in the write's own transaction.</summary>
/// <param name="Caller">Who writes: marks of different callers do not meet.</param>
/// <param name="Key">The caller's name for the write.</param>
/// <param name="Request">A hash of what is asked for: a repeat must ask for the same.</param>
/// <param name="Time">Now.</param>
/// <param name="NotBefore">Marks older than this are forgotten.</param>
/// <param name="Answer">Makes the answer to record from what was written; called inside the transaction.</param>
internal sealed record WriteOnce(
    string Caller, string Key, byte[] Request, DateTimeOffset Time, DateTimeOffset NotBefore, Func<WriteResult, byte[]> Answer);
