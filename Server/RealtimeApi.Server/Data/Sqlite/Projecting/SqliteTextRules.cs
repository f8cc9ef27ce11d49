using System.Globalization;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>SQLite's own collations: BINARY, NOCASE and RTRIM.</summary>
/// <remarks>
/// <para>The functions are those of SQLite's core without extensions: only ASCII letters change case, and <c>length</c> counts up to a NUL
/// character. What each stands for in SQL, with <c>x</c> the column and <c>p</c> the text:</para>
/// <para>BINARY, RTRIM: <c>instr(x, p) &gt; 0</c>; <c>instr(x, p) = 1</c>; <c>substr(x, -length(p)) = p</c>.
/// NOCASE: the same of <c>lower(x)</c> and <c>lower(p)</c>. An empty <c>p</c> is in, at the start and at the end of every text.</para>
/// </remarks>
internal sealed class SqliteTextRules : TextRules
{
    public static readonly SqliteTextRules Binary = new("BINARY");

    /// <summary>BINARY in a database whose encoding is UTF-16: it compares the bytes of that, and not the order of the characters.</summary>
    public static readonly SqliteTextRules BinaryUtf16LittleEndian = new("BINARY", static c => (ushort)((c >> 8) | (c << 8)));

    /// <inheritdoc cref="BinaryUtf16LittleEndian"/>
    public static readonly SqliteTextRules BinaryUtf16BigEndian = new("BINARY", static c => c);

    public static readonly SqliteTextRules NoCase = new("NOCASE");

    public static readonly SqliteTextRules RightTrim = new("RTRIM");

    private readonly bool foldsCase;
    private readonly bool trimsEnd;

    private readonly Func<char, int> orderOf;

    private SqliteTextRules(string collation, Func<char, int>? orderOf = null)
    {
        Collation = collation;
        this.orderOf = orderOf ?? CodePointOrder;
        foldsCase = collation == "NOCASE";
        trimsEnd = collation == "RTRIM";
    }

    public string Collation { get; }

    /// <summary>The rules of a collation, or null for one that a program registered and memory cannot reproduce.</summary>
    /// <param name="collation">The collation's name.</param>
    /// <param name="encoding">The database's encoding as <c>PRAGMA encoding</c> says it. NOCASE and RTRIM compare UTF-8 in all.</param>
    public static SqliteTextRules? Find(string collation, string encoding = "UTF-8") => collation.ToUpperInvariant() switch
    {
        "BINARY" => encoding switch
        {
            "UTF-16le" => BinaryUtf16LittleEndian,
            "UTF-16be" => BinaryUtf16BigEndian,
            _ => Binary,
        },
        "NOCASE" => NoCase,
        "RTRIM" => RightTrim,
        _ => null,
    };

    public override int Compare(string left, string right)
    {
        var a = trimsEnd ? left.AsSpan().TrimEnd(' ') : left;
        var b = trimsEnd ? right.AsSpan().TrimEnd(' ') : right;
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            var x = foldsCase ? AsciiLower(a[i]) : a[i];
            var y = foldsCase ? AsciiLower(b[i]) : b[i];
            if (x != y)
                return orderOf(x) - orderOf(y);
            if (foldsCase && x == '\0')
                return Encoding.UTF8.GetByteCount(left) - Encoding.UTF8.GetByteCount(right);
        }
        return a.Length - b.Length;
    }

    public override string Normalize(string text) => foldsCase ? NormalizeNoCase(text) : trimsEnd ? text.TrimEnd(' ') : text;

    public override bool Contains(string text, string part) => Folded(text).Contains(Folded(part), StringComparison.Ordinal);

    public override bool StartsWith(string text, string part) => Folded(text).StartsWith(Folded(part), StringComparison.Ordinal);

    public override bool EndsWith(string text, string part) => Folded(text).EndsWith(Folded(part), StringComparison.Ordinal);

    public override string ToLower(string text) => Ascii(text, AsciiLower);

    public override string ToUpper(string text) => Ascii(text, static c => c is >= 'a' and <= 'z' ? (char)(c - 32) : c);

    public override int Length(string text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0)
                break;
            count++;
        }

        return count;
    }

    public override string ToString() => Collation;

    // After a NUL, NOCASE compares the lengths in bytes and nothing else.
    private static string NormalizeNoCase(string text)
    {
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        return end < 0
            ? Ascii(text, AsciiLower)
            : string.Create(CultureInfo.InvariantCulture, $"{Ascii(text[..end], AsciiLower)}\0{Encoding.UTF8.GetByteCount(text)}");
    }

    private string Folded(string text) => foldsCase ? ToLower(text) : text;

    private static char AsciiLower(char c) => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c;

    // UTF-16 puts surrogates (U+10000 and up) before U+E000 to U+FFFF, UTF-8 after; the database compares UTF-8.
    private static int CodePointOrder(char c) => c < 0xD800 ? c : c < 0xE000 ? c + 0x2000 : c - 0x800;

    private static string Ascii(string text, Func<char, char> change)
    {
        foreach (var c in text)
            if (change(c) != c)
                return string.Create(text.Length, (text, change), static (span, state) =>
                {
                    for (var i = 0; i < span.Length; i++)
                        span[i] = state.change(state.text[i]);
                });
        return text;
    }
}
