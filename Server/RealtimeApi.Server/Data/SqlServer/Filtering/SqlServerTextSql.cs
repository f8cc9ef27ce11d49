using System.Text;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Writes the conditions of a filter that are about texts.</summary>
/// <remarks>
/// Linguistic collations call more texts equal than <see cref="SqlServerTextRules"/> can know. So equality stands there twice: by the column's collation, which finds the rows in
/// an index, and by the characters, which are the rules of memory. In a column without rules the collation alone decides.
/// </remarks>
internal sealed class SqlServerTextSql(SqlServerParameters parameters)
{
    // CHARINDEX and LIKE take a pattern of 8,000 bytes.
    private const int LongestPart = 4000;

    private const string Exactly = " COLLATE " + SqlServerColumn.ExactCollation;

    // UPPER knows more than ASCII in a linguistic collation only, on Babelfish.
    private const string WithCases = " COLLATE Latin1_General_CI_AS";

    /// <summary>Whether what is written stands under NOT, where no index serves (and Babelfish takes no LIKE).</summary>
    public bool IsNegated { get; set; }

    /// <summary>A function of a text in SQL.</summary>
    /// <param name="function">The function.</param>
    /// <param name="column">The column whose value, or whose value's function, it is.</param>
    /// <param name="value">That value in SQL.</param>
    public static string Apply(FieldFunction function, ColumnDefinition column, string value) => function switch
    {
        FieldFunction.ToLower => SqlServerCaseSql.Lower(RulesOf(column), value),
        FieldFunction.ToUpper => SqlServerCaseSql.Upper(RulesOf(column), value),
        // LEN does not count spaces at the end, and what it counts as one character is the collation's to say.
        _ => $"LEN(CAST({value} AS nvarchar(max)) + N'x') - 1",
    };

    public string Compare(FilterOperand operand, ComparisonOperator comparison, string literal) => comparison switch
    {
        ComparisonOperator.Equal => Equal(operand, literal),
        ComparisonOperator.NotEqual => $"NOT {Equal(operand, literal)}",
        _ when IsForeign(operand.Column, literal) => $"{Applied(operand, SqlServerColumn.Wide(operand.Column))} {RoundedComparison.Symbol(comparison)} {parameters.AddText(literal)}",
        _ => $"{Applied(operand, SqlServerColumn.Comparable(operand.Column))} {RoundedComparison.Symbol(comparison)} {Add(operand.Column, literal)}",
    };

    public string Within(FilterOperand operand, IReadOnlyList<string> literals)
    {
        var (foreign, own) = (literals.Where(literal => IsForeign(operand.Column, literal)).ToList(), literals.Where(literal => !IsForeign(operand.Column, literal)).ToList());
        var conditions = foreign.Select(literal => Equal(operand, literal)).ToList();
        if (own.Count > 0)
        {
            var values = own.Select(literal => Add(operand.Column, literal)).ToList();
            var condition = $"{Applied(operand, SqlServerColumn.Comparable(operand.Column))} IN ({string.Join(", ", values)})";
            conditions.Add(IsLinguistic(operand.Column)
                ? $"({condition} AND {Exact(operand)} IN ({string.Join(", ", own.Select((literal, i) => Exact(operand.Column, Wide(operand.Column, values[i], literal))))}))"
                : condition);
        }

        return conditions is [var single] ? single : "(" + string.Join(" OR ", conditions) + ")";
    }

    public string Match(TextMatch node)
    {
        var operand = node.Operand;
        if (node.Part.Length == 0)
            return $"{SqlServerColumn.Name(operand.Column)} IS NOT NULL";
        var text = RulesOf(operand.Column) is null ? Applied(operand, SqlServerColumn.Wide(operand.Column)) : Exact(operand);
        var value = parameters.AddText(node.Part);
        var part = RulesOf(operand.Column) is null ? value : Exact(operand.Column, value);
        if (node.Part.Length > LongestPart)
            return MatchLong(node.Function, text, part);
        return node.Function switch
        {
            TextFunction.Contains => $"CHARINDEX({part}, {text}) > 0",
            TextFunction.StartsWith => $"({Prefix(operand, node.Part)}CHARINDEX({part}, {text}) = 1)",
            _ => $"CHARINDEX(REVERSE({part}), REVERSE({text})) = 1",
        };
    }

    private static string MatchLong(TextFunction function, string text, string part)
    {
        static string Length(string value) => $"LEN(CAST({value} AS nvarchar(max)) + N'x')";
        return function switch
        {
            TextFunction.Contains => $"{Length($"REPLACE({text}, {part}, N'')")} < {Length(text)}",
            TextFunction.StartsWith => $"({Length(text)} >= {Length(part)} AND LEFT({text}, {Length(part)} - 1) = {part})",
            _ => $"({Length(text)} >= {Length(part)} AND RIGHT({text}, {Length(part)} - 1) = {part})",
        };
    }

    /// <summary>Where texts that start so can be in an index.</summary>
    private string Prefix(FilterOperand operand, string start)
    {
        var storage = SqlServerStorage.Of(operand.Column);
        if (IsNegated || FunctionsOf(operand).Count > 0 || storage.Size < 0 || (storage.IsCoded && !Ascii.IsValid(start)))
            return "";
        var pattern = new StringBuilder();
        foreach (var c in start)
            pattern.Append(c is '%' or '_' or '[' ? $"[{c}]" : c.ToString());
        return pattern.Length >= LongestPart ? "" : $"{SqlServerColumn.Name(operand.Column)} LIKE {Add(operand.Column, pattern.Append('%').ToString())} AND ";
    }

    private string Equal(FilterOperand operand, string literal)
    {
        if (IsForeign(operand.Column, literal))
            return RulesOf(operand.Column) is null
                ? $"{Applied(operand, SqlServerColumn.Wide(operand.Column))} = {parameters.AddText(literal)}"
                : $"{Exact(operand)} = {Exact(operand.Column, parameters.AddText(literal))}";
        var value = Add(operand.Column, literal);
        var condition = $"{Applied(operand, SqlServerColumn.Comparable(operand.Column))} = {value}";
        return IsLinguistic(operand.Column) ? $"({condition} AND {Exact(operand)} = {Exact(operand.Column, Wide(operand.Column, value, literal))})" : condition;
    }

    /// <summary>A literal in UTF-16: the column's own parameter where that is.</summary>
    private string Wide(ColumnDefinition column, string own, string text) => SqlServerStorage.Of(column).IsWide ? own : parameters.AddText(text);

    private string Add(ColumnDefinition column, string text) => parameters.Add(SqlServerStorage.Of(column), text);

    /// <summary>The operand by the characters, without difference of case where the column makes none.</summary>
    private static string Exact(FilterOperand operand)
    {
        var value = SqlServerColumn.Wide(operand.Column);
        foreach (var function in FunctionsOf(operand))
            value = Apply(function, operand.Column, value + WithCases);
        return Exact(operand.Column, value);
    }

    private static string Exact(ColumnDefinition column, string value) => (RulesOf(column) is { FoldsCase: true } rules ? SqlServerCaseSql.Upper(rules, value + WithCases) : value) + Exactly;

    private static string Applied(FilterOperand operand, string value) => FunctionsOf(operand).Aggregate(value, (text, function) => Apply(function, operand.Column, text));

    // Where case does not count, neither does changing it.
    private static IReadOnlyList<FieldFunction> FunctionsOf(FilterOperand operand) => RulesOf(operand.Column) is { FoldsCase: true } ? [] : operand.Functions;

    private static bool IsLinguistic(ColumnDefinition column) => RulesOf(column) is { IsBinary: false };

    /// <summary>Whether a text has characters that the column's code page does not.</summary>
    private static bool IsForeign(ColumnDefinition column, string text) =>
        SqlServerStorage.Of(column) is { IsCoded: true, CodePage: var page } && !Ascii.IsValid(text) && !SqlServerCodePage.Holds(page, text);

    private static SqlServerTextRules? RulesOf(ColumnDefinition column) => column.TextRules as SqlServerTextRules;
}
