using System.Collections.Concurrent;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>How texts of a collation compare, as far as memory can tell.</summary>
/// <remarks>
/// <para>Spaces at the end never count in a comparison (they do in contains, startswith, endswith and length).</para>
/// <para>Binary collations: exact. Linguistic ones: two texts are equal that are the same characters, in a case-insensitive collation but for upper and lower case (the
/// simple mapping of Unicode, character by character). That is what the SQL of a filter asks of the database, too, beside the collation's own comparison,
/// which also calls equal ß and ss, letters with and without accents written as two characters, full and half width, Hiragana and Katakana, and whatever has no weight. Their order
/// cannot be reproduced (<see cref="Orders"/>). Accent-insensitive and Turkic collations have no rules at all.</para>
/// </remarks>
internal sealed class SqlServerTextRules : TextRules
{
    private const int Utf8 = 65001;

    private static readonly ConcurrentDictionary<(string, int, bool, bool, bool), SqlServerTextRules?> known = [];

    private readonly string collation;
    private readonly bool countsCodePoints;
    private readonly Func<char, int>? orderOf;

    private SqlServerTextRules(string collation, bool foldsCase, bool countsCodePoints, Func<char, int>? orderOf)
    {
        this.collation = collation;
        this.countsCodePoints = countsCodePoints;
        this.orderOf = orderOf;
        FoldsCase = foldsCase;
    }

    /// <summary>Whether upper and lower case are equal.</summary>
    public bool FoldsCase { get; }

    /// <summary>Whether the collation compares texts by their characters' numbers, so that equality is the database's own.</summary>
    public bool IsBinary { get; private init; }

    public override bool Orders => orderOf is not null;

    /// <summary>Whether the database counts a character outside the basic plane as one, and not as two.</summary>
    public bool CountsCodePoints => countsCodePoints;

    /// <summary>Whether the engine makes several characters of one where Unicode's full mapping of cases does: SS of ß.</summary>
    public bool MapsCasesFully { get; private init; }

    /// <summary>The rules of a text column, or null where its comparison cannot be reproduced.</summary>
    /// <param name="storage">The column's storage.</param>
    /// <param name="countsCodePoints">Whether the engine counts, and sorts, whole characters in every collation.</param>
    /// <param name="mapsCasesFully">See <see cref="MapsCasesFully"/>.</param>
    public static SqlServerTextRules? Find(SqlServerStorage storage, bool countsCodePoints, bool mapsCasesFully = false) =>
        storage.Type == System.Data.SqlDbType.Xml ? Find(SqlServerColumn.ExactCollation, 0, true, countsCodePoints, mapsCasesFully)
        : storage.Collation is { } collation ? Find(collation, storage.CodePage, storage.IsWide, countsCodePoints, mapsCasesFully)
        : null;

    private static SqlServerTextRules? Find(string collation, int codePage, bool isWide, bool countsCodePoints, bool mapsCasesFully) =>
        known.GetOrAdd((collation, codePage, isWide, countsCodePoints, mapsCasesFully), static key => Make(key.Item1, key.Item2, key.Item3, key.Item4, key.Item5));

    private static SqlServerTextRules? Make(string collation, int codePage, bool isWide, bool countsCodePoints, bool mapsCasesFully)
    {
        var words = collation.ToUpperInvariant().Split('_');
        // Collations of version 140 have supplementary characters without saying so.
        countsCodePoints |= words.Contains("SC") || words.Contains("UTF8") || (words.Contains("140") && !words.Contains("BIN") && !words.Contains("BIN2"));
        if (words.Contains("BIN2") || words.Contains("BIN"))
        {
            return new(collation, foldsCase: false, countsCodePoints, OrderOf(words.Contains("BIN2"), codePage, isWide, countsCodePoints)) { IsBinary = true, MapsCasesFully = mapsCasesFully };
        }

        var isTurkic = words.Contains("TURKISH") || words.Contains("AZERI") || words.Contains("CP1254");
        return isTurkic || !words.Contains("AS") ? null : new(collation, words.Contains("CI"), countsCodePoints, orderOf: null) { MapsCasesFully = mapsCasesFully };
    }

    private static Func<char, int>? OrderOf(bool isSecond, int codePage, bool isWide, bool countsCodePoints)
    {
        // BIN compares the first character as such and the others byte by byte, the lower byte first.
        if (isWide)
            return !isSecond ? null : countsCodePoints ? CodePoint : static c => c;
        if (countsCodePoints || codePage == Utf8)
            return CodePoint;
        if (SqlServerCodePage.Find(codePage) is not { IsSingleByte: true } encoding)
            return null;
        // Only characters of the code page are ever compared; a literal with others is judged by the database's conversion, which this is not.
        var order = new Dictionary<char, int>();
        for (var i = 0; i < 256; i++)
            order.TryAdd(encoding.GetString([(byte)i])[0], i);
        return c => order.TryGetValue(c, out var place) ? place : 256 + c;
    }

    public override int Compare(string left, string right)
    {
        // Else it is done unit by unit below, without a copy.
        if (MapsCasesFully)
            (left, right) = (Folded(left), Folded(right));
        var length = Math.Max(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            // The shorter is filled up with spaces.
            var x = i < left.Length ? Fold(left[i]) : ' ';
            var y = i < right.Length ? Fold(right[i]) : ' ';
            if (x != y)
                return orderOf is null ? x - y : orderOf(x) - orderOf(y);
        }

        return 0;
    }

    public override string Normalize(string text) => Folded(text.TrimEnd(' '));

    public override bool Contains(string text, string part) => Folded(text).Contains(Folded(part), StringComparison.Ordinal);

    public override bool StartsWith(string text, string part) => Folded(text).StartsWith(Folded(part), StringComparison.Ordinal);

    public override bool EndsWith(string text, string part) => Folded(text).EndsWith(Folded(part), StringComparison.Ordinal);

    // Where case does not count, neither does changing it: what remains must be equal to what was.
    public override string ToLower(string text) => FoldsCase ? Folded(text) : text.ToLowerInvariant();

    public override string ToUpper(string text) => FoldsCase ? Folded(text) : text.ToUpperInvariant();

    public override int Length(string text) => countsCodePoints ? text.EnumerateRunes().Count() : text.Length;

    public override string ToString() => FormattableString.Invariant($"{collation} {countsCodePoints}");

    private string Folded(string text) => !FoldsCase ? text : MapsCasesFully ? text.ToUpperInvariant() : FoldedByUnits(text);

    // SQL Server changes no pairs of surrogates, which the string's own method would.
    private static string FoldedByUnits(string text)
    {
        foreach (var c in text)
            if (char.ToUpperInvariant(c) != c)
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (var i = 0; i < span.Length; i++)
                        span[i] = char.ToUpperInvariant(source[i]);
                });
        return text;
    }

    private char Fold(char c) => FoldsCase ? char.ToUpperInvariant(c) : c;

    // UTF-16 puts surrogates (U+10000 and up) before U+E000 to U+FFFF.
    private static int CodePoint(char c) => c < 0xD800 ? c : c < 0xE000 ? c + 0x2000 : c - 0x800;
}
