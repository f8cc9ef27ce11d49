using System.Text.RegularExpressions;

namespace RealtimeApi.Server.Queries;

/// <summary>What to write instead of what people bring from other query languages; OData's own words are English, and in small letters.</summary>
internal static partial class FilterHint
{
    /// <returns>The end of a sentence, e.g. <c>; write "eq" for "="</c>; empty where nothing is known of what stands there.</returns>
    public static string At(string text, int at)
    {
        var found = Token().Match(text, at, text.Length - at).Value;
        var instead = found.ToLowerInvariant() switch
        {
            "=" or "==" => "eq",
            "!=" or "<>" => "ne",
            ">" => "gt",
            ">=" or "=>" => "ge",
            "<" => "lt",
            "<=" or "=<" => "le",
            "&" or "&&" => "and",
            "|" or "||" => "or",
            "!" => "not",
            "is" => "eq",
            "between" => "ge 1 and field le 2",
            "like" => "contains(field,'part')",
            "eq" or "ne" or "gt" or "ge" or "lt" or "le" or "in" or "and" or "or" or "not" => found.ToLowerInvariant(),
            _ => found,
        };
        return instead == found ? "" : $"; write \"{instead}\" for \"{found}\"";
    }

    [GeneratedRegex(@"\G(?:[=!<>&|]+|[A-Za-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
