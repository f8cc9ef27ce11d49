using System.Globalization;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Turns the query options of a request into a checked query; nothing unchecked gets past it.</summary>
/// <remarks>PROTOCOL, Reading. Every refusal is a <see cref="ProblemException"/> <c>invalid-query</c> that quotes the offending text.</remarks>
internal static class QueryParser
{
    /// <summary>The most terms of <c>$orderby</c>.</summary>
    public const int MaxOrderTerms = 16;

    private static readonly string[] Options = ["$filter", "$orderby", "$top", "$select", "$count", "$skiptoken"];

    /// <summary>The filter that a text asks for, see <see cref="FilterParser"/>.</summary>
    public static FilterNode ParseFilter(ResourceDefinition resource, string filter) => FilterParser.Parse(resource, filter);

    /// <summary>The fields that a comma-separated list names, and the key; <c>*</c> for all.</summary>
    public static FieldSelection ParseSelect(ResourceDefinition resource, string select)
    {
        if (select.Trim() == "*")
            return FieldSelection.All(resource);
        var columns = new List<ColumnDefinition>();
        foreach (var part in Parts(select, "$select", FilterParser.MaxLength))
            columns.Add(FindField(resource, part, "$select"));
        return FieldSelection.Of(resource, columns);
    }

    /// <summary>The list request that these options ask for; an option it does not know, or one given twice, is refused.</summary>
    /// <returns>The query, and the cursor that the first page carried where <c>$skiptoken</c> continues one.</returns>
    public static (ListQuery Query, string? Cursor) ParseList(ResourceDefinition resource, IEnumerable<KeyValuePair<string, string>> options)
    {
        var given = OptionSet.Collect(options, Options);
        var query = new ListQuery
        {
            Resource = resource,
            Filter = given.TryGetValue("$filter", out var filter) ? ParseFilter(resource, filter) : null,
            OrderBy = ParseOrder(resource, given.GetValueOrDefault("$orderby")),
            Top = given.TryGetValue("$top", out var top) ? ParseTop(resource, top) : Math.Min(resource.DefaultTop, resource.MaxTop),
            Select = given.TryGetValue("$select", out var select) ? ParseSelect(resource, select) : FieldSelection.All(resource),
            Count = given.TryGetValue("$count", out var count) && ParseCount(count),
        };
        if (!given.TryGetValue("$skiptoken", out var token))
            return (query, null);
        if (SkipToken.Read(query, token, out var isOfQuery) is not var (after, cursor))
            throw QueryProblem.Of(isOfQuery
                ? "The $skiptoken is not one that this server made; take it from a nextLink as it is."
                : "The $skiptoken belongs to another query, or to the resource before its definition changed; start again from the first page.");
        return (query with { After = after }, cursor);
    }

    /// <summary>The <c>$skiptoken</c> that continues after <paramref name="last"/>, carrying the first page's cursor.</summary>
    public static string MakeSkipToken(ListQuery query, Item last, string? cursor) =>
        SkipToken.Write(query, [.. query.OrderBy.Select(t => last.Values[t.Column.Ordinal])], cursor);

    private static List<OrderTerm> ParseOrder(ResourceDefinition resource, string? orderBy)
    {
        var terms = new List<OrderTerm>();
        foreach (var part in orderBy is null ? [] : Parts(orderBy, "$orderby", FilterParser.MaxLength))
        {
            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var descending = words switch
            {
                [_] or [_, "asc"] => false,
                [_, "desc"] => true,
                _ => throw QueryProblem.Of($"A term of $orderby is a field, or a field and asc or desc; {QueryProblem.Quote(part)} is neither."),
            };
            var column = FindField(resource, words[0], "$orderby");
            if (terms.Exists(t => t.Column.Ordinal == column.Ordinal))
                throw QueryProblem.Of($"$orderby names the field \"{column.Name}\" more than once.");
            if (terms.Count == MaxOrderTerms)
                throw QueryProblem.Of($"$orderby has at most {MaxOrderTerms} fields.");
            terms.Add(new(column, descending));
        }
        foreach (var column in resource.Key)
            if (!terms.Exists(t => t.Column.Ordinal == column.Ordinal))
                terms.Add(new(column, Descending: false));
        return terms;
    }

    private static int ParseTop(ResourceDefinition resource, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top >= 1 && top <= resource.MaxTop
            ? top
            : throw QueryProblem.Of($"$top is a number from 1 to {resource.MaxTop}; {QueryProblem.Quote(text)} is none.");

    private static bool ParseCount(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw QueryProblem.Of($"$count is true or false; {QueryProblem.Quote(text)} is neither."),
    };

    private static string[] Parts(string text, string option, int maxLength)
    {
        if (text.Length > maxLength)
            throw QueryProblem.Of($"{option} has at most {maxLength} characters.");
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        return parts.Contains("") ? throw QueryProblem.Of($"{option} names nothing before, after or between commas: {QueryProblem.Quote(text)}.") : parts;
    }

    private static ColumnDefinition FindField(ResourceDefinition resource, string name, string option) =>
        resource.FindColumn(name) ?? throw QueryProblem.Of($"\"{resource.Name}\" has no field {QueryProblem.Quote(name)}, which {option} names.");
}
