using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Queries;

/// <summary>The refusals of queries, each quoting what it refuses.</summary>
internal static class QueryProblem
{
    private const int QuotedLength = 40;

    public static ProblemException Of(string detail) => new(ProblemCodes.InvalidQuery, detail);

    /// <summary>A refusal of a place in a text; says and carries the place where it is known.</summary>
    public static ProblemException Of(string detail, string text, int? at) => at is { } position && position <= text.Length
        ? new(ProblemCodes.InvalidQuery, $"{detail} (at position {position}: {(position == text.Length ? "the end" : Quote(text[position..]))})") { At = position }
        : new(ProblemCodes.InvalidQuery, $"{detail} ({Quote(text)})");

    /// <summary>A client's text between quotes, without control characters, cut short.</summary>
    public static string Quote(string text)
    {
        var cut = text.Length > QuotedLength;
        var shown = cut ? text[..(char.IsHighSurrogate(text[QuotedLength - 1]) ? QuotedLength - 1 : QuotedLength)] : text;
        return $"\"{new string([.. shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)])}{(cut ? "…" : "")}\"";
    }
}
