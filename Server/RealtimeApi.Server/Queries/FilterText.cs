using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>The text of a filter on its way to the OData parser, and the way back from what that says to places in the client's text.</summary>
/// <remarks>
/// The parser cannot read a field whose name is a word of its own (<c>not</c>, <c>in</c>, <c>null</c>) or starts with a digit; where a resource has such
/// fields, their names are replaced where a field can stand. A word that is also a literal is the field before an operator and the literal after it:
/// <c>null eq null</c> asks whether the field <c>null</c> is null.
/// </remarks>
internal sealed class FilterText
{
    private static readonly HashSet<string> Operators = ["eq", "ne", "gt", "ge", "lt", "le", "in"];
    private static readonly HashSet<string> Words = [.. Operators, "and", "or", "not", "has", "add", "sub", "mul", "div", "mod", "divby"];
    private static readonly HashSet<string> Literals = ["null", "true", "false", "NaN", "INF"];

    private readonly string original;
    private readonly Dictionary<string, ColumnDefinition> replaced = new(StringComparer.Ordinal);
    private readonly List<(int From, int Shift)> shifts = [];
    private int located;

    public FilterText(ResourceDefinition resource, string text)
    {
        original = Text = text;
        RefuseOtherSyntax();
        var clashing = resource.Columns.Where(c => !c.Hidden && IsClashing(c.Name)).ToList();
        if (clashing.Count > 0)
            Replace(resource, clashing);
    }

    /// <summary>What the parser is given.</summary>
    public string Text { get; private set; }

    /// <summary>The field that an identifier of the parsed tree names.</summary>
    public ColumnDefinition? Find(ResourceDefinition resource, string identifier) => replaced.GetValueOrDefault(identifier) ?? resource.FindColumn(identifier);

    /// <summary>Where in the client's text the next occurrence of an identifier stands; asked in the order of the text.</summary>
    public int? Locate(string identifier)
    {
        for (var i = located; i < Text.Length;)
        {
            var end = End(Text, i);
            if (end - i == identifier.Length && string.CompareOrdinal(Text, i, identifier, 0, identifier.Length) == 0)
            {
                located = end;
                return ToOriginal(i);
            }
            i = end;
        }
        return null;
    }

    /// <summary>The place in the client's text of a place in <see cref="Text"/>.</summary>
    public int ToOriginal(int at)
    {
        var shift = 0;
        foreach (var (from, by) in shifts)
            if (at >= from)
                shift = by;
        return Math.Clamp(at - shift, 0, original.Length);
    }

    /// <summary>Where the token of <see cref="Text"/> starts that ends at a place.</summary>
    public int StartOfTokenBefore(int at)
    {
        for (var i = 0; i < Text.Length;)
        {
            var end = End(Text, i);
            if (end >= at)
                return char.IsWhiteSpace(Text[i]) || end > at ? at : i;
            i = end;
        }
        return at;
    }

    /// <summary>The parts of a list, split at the commas that are outside strings, without the white space around them.</summary>
    public static IEnumerable<string> SplitList(string list)
    {
        var start = 0;
        for (var i = 0; i < list.Length; i = End(list, i))
            if (list[i] == ',')
            {
                yield return list[start..i].Trim();
                start = i + 1;
            }
        yield return list[start..].Trim();
    }

    private static bool IsClashing(string name) => Words.Contains(name) || Literals.Contains(name) || !(char.IsLetter(name[0]) || name[0] == '_');

    /// <summary>The end of the token that starts here: a string, a run of letters, digits and <c>_</c>, or one character.</summary>
    private static int End(string text, int start)
    {
        var i = start;
        if (text[i] == '\'')
        {
            do
            {
                i = text.IndexOf('\'', i + 1);
                if (i < 0)
                    return text.Length;
                i++;
            }
            while (i < text.Length && text[i] == '\'');
            return i;
        }
        while (i < text.Length && IsWordCharacter(text[i]))
            i++;
        return Math.Max(i, start + 1);
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';

    /// <summary>The parser reads JSON in brackets and braces as if it were a string; nothing here takes that.</summary>
    private void RefuseOtherSyntax()
    {
        for (var i = 0; i < original.Length; i++)
            if (char.IsSurrogate(original[i]) && !(i + 1 < original.Length && char.IsSurrogatePair(original[i], original[++i])))
                throw QueryProblem.Of("The filter is no well-formed text", original, i);
        for (var i = 0; i < original.Length; i = End(original, i))
            if (original[i] is '[' or ']' or '{' or '}' or '"' or ';' or '\0')
                throw QueryProblem.Of($"The filter has a character that cannot stand there{(original[i] == '"' ? "; strings are in single quotes" : "")}", original, i);
    }

    private void Replace(ResourceDefinition resource, List<ColumnDefinition> clashing)
    {
        var prefix = "_field";
        while (resource.Columns.Any(c => c.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            prefix = "_" + prefix;
        var tokens = new List<(int Start, int End)>();
        for (var i = 0; i < original.Length;)
        {
            var end = End(original, i);
            if (!char.IsWhiteSpace(original[i]))
                tokens.Add((i, end));
            i = end;
        }
        var builder = new StringBuilder();
        var written = 0;
        var expectsOperand = true;
        for (var t = 0; t < tokens.Count; t++)
        {
            var token = TokenAt(t);
            var column = expectsOperand ? clashing.Find(c => string.Equals(c.Name, token, StringComparison.OrdinalIgnoreCase)) : null;
            if (column is not null && IsField(t, token))
            {
                builder.Append(original, written, tokens[t].Start - written);
                var name = $"{prefix}{column.Ordinal}";
                replaced[name] = column;
                builder.Append(name);
                written = tokens[t].End;
                shifts.Add((builder.Length, builder.Length - written));
                expectsOperand = false;
            }
            else
                expectsOperand = token is "(" or "," || Words.Contains(token);
        }
        Text = builder.Append(original, written, original.Length - written).ToString();

        string TokenAt(int index) => index >= 0 && index < tokens.Count ? original[tokens[index].Start..tokens[index].End] : "";

        // A function of it, or a comparison that it begins; "not eq 5" is of a field "not", "not eq eq 5" negates a field "eq".
        bool IsField(int index, string token)
        {
            var next = TokenAt(index + 1);
            var isCompared = Operators.Contains(next) && !(token == "not" && Operators.Contains(TokenAt(index + 2)));
            if (index > 0 && Operators.Contains(TokenAt(index - 1)) && !isCompared && (Literals.Contains(token) || char.IsDigit(token[0])))
                return false;
            return token switch
            {
                "not" => isCompared || next is ")" or ",",
                _ when Literals.Contains(token) || char.IsDigit(token[0]) =>
                    isCompared || (TokenAt(index - 1) == "(" && index > 1 && char.IsLetter(original[tokens[index - 2].Start]) && !Words.Contains(TokenAt(index - 2))),
                _ => true,
            };
        }
    }
}
