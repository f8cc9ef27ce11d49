using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Writes a filter as a condition of SQL Server that is true exactly where <see cref="FilterNode.Matches"/> is.</summary>
/// <remarks>
/// A comparison is <c>column op @value</c> with the value in the column's own type, so that an index serves. Behind it stands, where the column's numbers need not all
/// fit, the condition that they do, and for texts <see cref="SqlServerTextSql"/>'s. A condition may be unknown instead of false, but never under NOT.
/// </remarks>
internal sealed class SqlServerFilterSql(SqlServerParameters parameters)
{
    private const string Never = "1 = 0";

    private readonly SqlServerTextSql texts = new(parameters);

    public string Write(FilterNode node) => node switch
    {
        Conjunction and => "(" + string.Join(" AND ", and.Terms.Select(Write)) + ")",
        Disjunction or => "(" + string.Join(" OR ", or.Terms.Select(Write)) + ")",
        Negation not => Negate(not),
        NullTest test => $"{SqlServerColumn.Name(test.Operand.Column)} IS {(test.IsNull ? "" : "NOT ")}NULL",
        Comparison comparison => Compare(comparison),
        Membership membership => Within(membership),
        TextMatch match => texts.Match(match),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType(), "Not a node of a filter."),
    };

    private string Negate(Negation node)
    {
        var wasNegated = texts.IsNegated;
        texts.IsNegated = true;
        var condition = $"CASE WHEN {Write(node.Inner)} THEN 1 ELSE 0 END = 0";
        texts.IsNegated = wasNegated;
        return condition;
    }

    private string Compare(Comparison node)
    {
        var condition = node.Operand.Type == FieldType.String ? texts.Compare(node.Operand, node.Operator, node.Literal.Text) : CompareValue(node);
        if (node.Operator != ComparisonOperator.NotEqual || !node.Operand.Column.Nullable)
            return condition;
        return $"({condition} OR {SqlServerColumn.Name(node.Operand.Column)} IS NULL)";
    }

    private string CompareValue(Comparison node)
    {
        var bound = SqlServerBound.Of(node.Operand, node.Operator, node.Literal);
        var fits = Fits(node.Operand);
        if (bound.Operator is not { } comparison)
            return bound.IsAll ? fits ?? $"{SqlServerColumn.Name(node.Operand.Column)} IS NOT NULL" : Never;
        var condition = $"{Value(node.Operand)} {RoundedComparison.Symbol(comparison)} {parameters.Add(bound.Storage, bound.Value)}";
        return fits is null ? condition : $"({condition} AND {fits})";
    }

    private string Within(Membership node)
    {
        var conditions = new List<string>();
        var literals = node.Literals.Where(literal => !literal.IsNull).ToList();
        if (node.Operand.Type == FieldType.String)
        {
            if (literals.Count > 0)
                conditions.Add(texts.Within(node.Operand, [.. literals.Select(literal => literal.Text)]));
        }
        else
        {
            var values = literals
                .Select(literal => SqlServerBound.Of(node.Operand, ComparisonOperator.Equal, literal))
                .Where(bound => bound.Operator is not null)
                .Select(bound => parameters.Add(bound.Storage, bound.Value))
                .ToList();
            if (values.Count > 0)
            {
                var condition = $"{Value(node.Operand)} IN ({string.Join(", ", values)})";
                conditions.Add(Fits(node.Operand) is { } fits ? $"({condition} AND {fits})" : condition);
            }
        }

        if (literals.Count < node.Literals.Count)
            conditions.Add($"{SqlServerColumn.Name(node.Operand.Column)} IS NULL");
        return conditions.Count == 0 ? Never : "(" + string.Join(" OR ", conditions) + ")";
    }

    private static string? Fits(FilterOperand operand) =>
        operand.Functions.Count == 0 ? SqlServerDecimal.FitsCondition(operand.Column, SqlServerColumn.Name(operand.Column)) : null;

    private static string Value(FilterOperand operand)
    {
        var value = SqlServerColumn.Comparable(operand.Column);
        foreach (var function in operand.Functions)
            value = function switch
            {
                FieldFunction.ToLower or FieldFunction.ToUpper or FieldFunction.Length => SqlServerTextSql.Apply(function, operand.Column, value),
                FieldFunction.Year => $"YEAR({SqlServerColumn.Universal(operand.Column)})",
                FieldFunction.Month => $"MONTH({SqlServerColumn.Universal(operand.Column)})",
                _ => $"DAY({SqlServerColumn.Universal(operand.Column)})",
            };
        return value;
    }
}
