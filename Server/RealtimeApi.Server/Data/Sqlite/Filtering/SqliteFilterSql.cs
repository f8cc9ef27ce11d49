using System.Text;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Writes a filter as a condition of SQLite that is true exactly where <see cref="FilterNode.Matches"/> is.</summary>
/// <remarks>
/// <para>A comparison is <c>column op @value</c> with the value in the column's own stored form, so that an index serves; behind it stands, where
/// a value that does not fit the column could satisfy it, the condition that it fits. A condition may be NULL instead of false, but never under NOT.</para>
/// </remarks>
internal sealed class SqliteFilterSql(SqliteParameters parameters)
{
    public string Write(FilterNode node) => node switch
    {
        Conjunction and => "(" + string.Join(" AND ", and.Terms.Select(Write)) + ")",
        Disjunction or => "(" + string.Join(" OR ", or.Terms.Select(Write)) + ")",
        Negation not => $"NOT ifnull({Write(not.Inner)}, 0)",
        NullTest test => $"{SqliteColumn.Name(test.Operand.Column)} IS {(test.IsNull ? "" : "NOT ")}NULL",
        Comparison comparison => Compare(comparison),
        Membership membership => Within(membership),
        TextMatch match => Match(match),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType(), "Not a node of a filter."),
    };

    private string Compare(Comparison node)
    {
        var bound = SqliteBound.Of(node.Operand, node.Operator, node.Literal);
        var fits = Fits(node.Operand, node.Literal.Kind);
        var isNull = $"{SqliteColumn.Name(node.Operand.Column)} IS NULL";
        if (bound.Operator is not { } comparison)
            return node.Operator == ComparisonOperator.NotEqual ? $"({fits} OR {isNull})" : "0";
        var condition = $"{Expression(node.Operand, bound.Value)} {RoundedComparison.Symbol(comparison)} {parameters.Add(bound.Value)}";
        if (comparison == ComparisonOperator.NotEqual)
            return $"(({condition} AND {fits}) OR {isNull})";
        return comparison == ComparisonOperator.Equal && OnlyFittingEqual(node.Operand) ? condition : $"({condition} AND {fits})";
    }

    private string Within(Membership node)
    {
        var values = node.Literals
            .Where(l => !l.IsNull)
            .Select(l => (Literal: l, Bound: SqliteBound.Of(node.Operand, ComparisonOperator.Equal, l)))
            .Where(v => v.Bound.Operator is not null)
            .ToList();
        var conditions = new List<string>();
        // A text and a number are compared in different ways where the column has no type.
        foreach (var kind in values.GroupBy(v => (Fits: Fits(node.Operand, v.Literal.Kind), Expression: Expression(node.Operand, v.Bound.Value))))
        {
            var condition = $"{kind.Key.Expression} IN ({string.Join(", ", kind.Select(v => parameters.Add(v.Bound.Value)))})";
            conditions.Add(OnlyFittingEqual(node.Operand) ? condition : $"({condition} AND {kind.Key.Fits})");
        }
        if (node.Literals.Any(l => l.IsNull))
            conditions.Add($"{SqliteColumn.Name(node.Operand.Column)} IS NULL");
        return conditions.Count == 0 ? "0" : "(" + string.Join(" OR ", conditions) + ")";
    }

    private string Match(TextMatch node)
    {
        var column = node.Operand.Column;
        var rules = SqliteTextRules.Find(SqliteStorage.Of(column).Collation);
        var foldsCase = rules == SqliteTextRules.NoCase;
        var part = foldsCase ? rules!.ToLower(node.Part) : node.Part;
        var fits = Fits(node.Operand, FieldValueKind.Text);
        if (part.Length == 0)
            return fits;
        var text = Value(node.Operand);
        if (foldsCase)
            text = $"lower({text})";
        var value = parameters.Add(part);
        return node.Function switch
        {
            TextFunction.Contains => $"(instr({text}, {value}) > 0 AND {fits})",
            TextFunction.StartsWith => $"({Range(node.Operand, part)}instr({text}, {value}) = 1 AND {fits})",
            // As bytes: SQLite's text functions end at a NUL.
            _ => $"(substr(CAST({text} AS BLOB), -length(CAST({value} AS BLOB))) = CAST({value} AS BLOB) AND {fits})",
        };
    }

    /// <summary>Where texts that start so can be in an index; a little wider than needed.</summary>
    private string Range(FilterOperand operand, string start)
    {
        var storage = SqliteStorage.Of(operand.Column);
        // Texts with one start stand together in an index where characters sort by their number.
        var isOrdered = operand.Column.TextRules == SqliteTextRules.Binary || operand.Column.TextRules == SqliteTextRules.NoCase;
        if (operand.Functions.Count > 0 || !isOrdered || storage.Affinity is not (SqliteAffinity.Text or SqliteAffinity.Blob) || start.Contains('\0', StringComparison.Ordinal))
            return "";
        var name = SqliteColumn.Name(operand.Column);
        var range = $"{name} >= {parameters.Add(start)} AND ";
        return Successor(start) is { } end ? range + $"{name} < {parameters.Add(end)} AND " : range;
    }

    /// <summary>The first text after all that start so, or null where the last character has none after it.</summary>
    private static string? Successor(string start)
    {
        var runes = start.EnumerateRunes().ToArray();
        var next = runes[^1].Value + 1;
        if (next == 0xD800)
            next = 0xE000;
        return Rune.IsValid(next) ? string.Concat(runes[..^1].Select(r => r.ToString())) + new Rune(next) : null;
    }

    /// <summary>The left side of a comparison with a value, under the column's collation.</summary>
    private static string Expression(FilterOperand operand, object? value)
    {
        if (operand.Functions.Count == 0)
            return SqliteColumn.ComparableTo(operand.Column, value);
        var collation = SqliteTextRules.Find(SqliteStorage.Of(operand.Column).Collation);
        return operand.Type == FieldType.String && collation is not null && collation != SqliteTextRules.Binary
            ? $"{Value(operand)} COLLATE {collation}"
            : Value(operand);
    }

    private static string Value(FilterOperand operand)
    {
        var value = SqliteColumn.Name(operand.Column);
        foreach (var function in operand.Functions)
            value = function switch
            {
                FieldFunction.ToLower => $"lower({value})",
                FieldFunction.ToUpper => $"upper({value})",
                FieldFunction.Length => $"length({value})",
                _ => SqliteTimePart.Of(SqliteStorage.Of(operand.Column), function, value),
            };
        return value;
    }

    /// <summary>That the stored value is of the column's type, and where that has none, of the literal's kind.</summary>
    private static string Fits(FilterOperand operand, FieldValueKind literal)
    {
        var name = SqliteColumn.Name(operand.Column);
        if (operand.Column.Type != FieldType.Any)
            return SqliteProjection.FitsCondition(operand.Column, name);
        return operand.Functions.Count > 0 || literal == FieldValueKind.Text ? $"(typeof({name}) = 'text')" : $"(typeof({name}) IN ('integer', 'real'))";
    }

    /// <summary>Whether nothing but a fitting value can be equal to one, so that the condition of it can be spared.</summary>
    private static bool OnlyFittingEqual(FilterOperand operand) => operand.Functions.Count == 0 && (operand.Column.Type, SqliteStorage.Of(operand.Column).Affinity) switch
    {
        (FieldType.String, SqliteAffinity.Text or SqliteAffinity.Blob) => true,
        (FieldType.Double, SqliteAffinity.Real) => true,
        _ => false,
    };
}
