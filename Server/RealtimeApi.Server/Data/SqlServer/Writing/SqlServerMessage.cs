using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The text of an error, of which nothing but the names in it is read: it is in the login's language.</summary>
/// <remarks>Languages differ in their quotes, and some have none; and names may have quotes in them. So names are looked for that are known, and not taken from the text.</remarks>
internal readonly struct SqlServerMessage(string text)
{
    private const string Quotes = "'\"\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F\u00AB\u00BB\u2039\u203A\u300C\u300D\u300E\u300F";

    /// <summary>Which of the names is meant: the first in quotes, since values of rows come last; otherwise the only one that is there as a word. Null where that is not clear.</summary>
    public string? FindOne(IEnumerable<string> names)
    {
        string? quoted = null;
        var at = int.MaxValue;
        var words = new List<string>();
        foreach (var name in names)
        {
            // Of two that begin at one place the longer is meant.
            if (IndexOf(name, IsQuoted) is var found && found >= 0 && (found < at || (found == at && name.Length > quoted!.Length)))
                (quoted, at) = (name, found);
            else if (IndexOf(name, IsWord) >= 0)
                words.Add(name);
        }

        return quoted ?? (words.Count == 1 ? words[0] : null);
    }

    /// <summary>Whether the table is named, with its schema and perhaps its database; or alone, as Babelfish does.</summary>
    public bool Has(TableName table) =>
        IndexOf($"{SqlServerName.SchemaOf(table)}.{table.Name}", IsWord, StringComparison.OrdinalIgnoreCase) >= 0
        || IndexOf(table.Name, IsQuoted, StringComparison.OrdinalIgnoreCase) >= 0;

    // Some languages have a space between the quotes and what is quoted.
    private static bool IsQuoted(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        before.TrimEnd() is [.., var last] && after.TrimStart() is [var next, ..] && Quotes.Contains(last, StringComparison.Ordinal) && Quotes.Contains(next, StringComparison.Ordinal);

    private static bool IsWord(ReadOnlySpan<char> before, ReadOnlySpan<char> after) => !(before is [.., var last] && IsOfName(last)) && !(after is [var next, ..] && IsOfName(next));

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '@' or '#' or '$';

    private int IndexOf(string name, Surroundings fit, StringComparison comparison = StringComparison.Ordinal)
    {
        for (var i = text.IndexOf(name, comparison); i >= 0; i = text.IndexOf(name, i + 1, comparison))
        {
            if (fit(text.AsSpan(0, i), text.AsSpan(i + name.Length)))
                return i;
        }

        return -1;
    }

    private delegate bool Surroundings(ReadOnlySpan<char> before, ReadOnlySpan<char> after);
}
