using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Sse;

/// <summary>What a stream says beside the batches of its watch.</summary>
internal static class StreamText
{
    /// <summary>How long a browser waits before it connects again, in milliseconds.</summary>
    public static readonly byte[] Retry = [.. "retry: 2000\n\n"u8];

    /// <summary>Keeps proxies from taking an idle stream for a dead one.</summary>
    public static readonly byte[] Comment = [.. ":\n\n"u8];

    /// <summary>The watch has ended, and why.</summary>
    public static byte[] Ended(ProblemException problem) => [.. "event: ended\ndata: "u8, .. ProblemJson.Write(problem.ToProblemDetails()), .. "\n\n"u8];
}
