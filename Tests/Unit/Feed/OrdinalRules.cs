using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Feed;

/// <summary>Text compared by its UTF-16 units, case and all.</summary>
internal sealed class OrdinalRules : TextRules
{
    public static readonly OrdinalRules Instance = new();

    public override int Compare(string left, string right) => string.CompareOrdinal(left, right);

    public override string Normalize(string text) => text;

    public override bool Contains(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    public override bool StartsWith(string text, string part) => text.StartsWith(part, StringComparison.Ordinal);

    public override bool EndsWith(string text, string part) => text.EndsWith(part, StringComparison.Ordinal);

    public override string ToLower(string text) => text.ToLowerInvariant();

    public override string ToUpper(string text) => text.ToUpperInvariant();

    public override int Length(string text) => text.Length;
}
