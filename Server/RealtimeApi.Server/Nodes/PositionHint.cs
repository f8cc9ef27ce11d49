using System.Globalization;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Nodes;

/// <summary>What nodes tell each other by way of Redis: that a log reaches up to a position. The text is <c>major.minor</c>, in decimal.</summary>
internal static class PositionHint
{
    /// <summary>Two numbers of 20 characters and a point.</summary>
    private const int MaxLength = 41;

    /// <summary>Where the hints of one log are told; no other log's nodes listen there.</summary>
    public static string ChannelOf(string logId) => $"realtimeapi:log:{logId}";

    public static string Write(LogPosition position) => string.Create(CultureInfo.InvariantCulture, $"{position.Major}.{position.Minor}");

    public static bool TryRead(string? text, out LogPosition position)
    {
        position = default;
        if (text is null || text.Length > MaxLength || text.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var point))
            return false;
        if (!TryReadNumber(text.AsSpan(0, point), out var major) || !TryReadNumber(text.AsSpan(point + 1), out var minor))
            return false;
        position = new(major, minor);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
