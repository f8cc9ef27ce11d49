using System.Globalization;
using System.Text;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Sse;

/// <summary>What a stream says beside the batches of its watch.</summary>
internal static class StreamText
{
    /// <summary>How long a browser waits before it connects again, in milliseconds.</summary>
    public static readonly byte[] Retry = [.. "retry: 2000\n\n"u8];

    /// <summary>Keeps proxies from taking an idle stream for a dead one.</summary>
    public static readonly byte[] Comment = [.. ":\n\n"u8];

    /// <summary>The server stops, and the client is to come back after so many milliseconds.</summary>
    public static byte[] Farewell(int retry) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {retry}\n\n"));

    /// <summary>The watch has ended, and why.</summary>
    public static byte[] Ended(ProblemException problem) => [.. "event: ended\ndata: "u8, .. ProblemJson.Write(problem.ToProblemDetails()), .. "\n\n"u8];
}
