using System.Text.RegularExpressions;
using Microsoft.OData;
using Microsoft.OData.UriParser;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Turns the text of a filter into a checked tree: the OData library parses it, and only what is listed here gets through.</summary>
/// <remarks>PROTOCOL, Reading. One instance for one text.</remarks>
internal sealed partial class FilterParser
{
    /// <summary>The longest filter in characters.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>The most comparisons in a filter; <c>in</c> counts as one.</summary>
    public const int MaxComparisons = 100;

    /// <summary>The most values of one <c>in</c>.</summary>
    public const int MaxValues = 500;

    // The library enters about nine levels for each parenthesis: some fifty may be nested, far from what a stack holds.
    private const int MaxDepth = 450;

    private readonly ResourceDefinition resource;
    private readonly string original;
    private readonly FilterText text;
    private int comparisons;

    private FilterParser(ResourceDefinition resource, string filter)
    {
        this.resource = resource;
        original = filter;
        text = new(resource, filter);
    }

    /// <exception cref="ProblemException">The text is not a filter of the supported subset, or does not fit the resource's fields.</exception>
    public static FilterNode Parse(ResourceDefinition resource, string filter)
    {
        if (filter.Length > MaxLength)
            throw QueryProblem.Of($"A filter has at most {MaxLength} characters; this one has {filter.Length}.");
        if (string.IsNullOrWhiteSpace(filter))
            throw QueryProblem.Of("The filter is empty.");
        var parser = new FilterParser(resource, filter);
        return parser.Condition(parser.ParseTree(parser.text.Text));
    }

    private QueryToken ParseTree(string expression)
    {
        try
        {
            return new UriQueryExpressionParser(MaxDepth).ParseFilter(expression);
        }
        catch (ODataException exception)
        {
            throw Explain(exception);
        }
    }

    /// <summary>The library's own explanation up to the place, and the place in the client's text.</summary>
    private ProblemException Explain(ODataException exception)
    {
        if (exception.Message.StartsWith("Recursion", StringComparison.Ordinal))
            return QueryProblem.Of("The filter is nested too deeply.");
        var match = Place().Match(exception.Message);
        if (!match.Success || !int.TryParse(match.Groups[2].ValueSpan, out var at))
            return QueryProblem.Of("The filter cannot be read", original, null);
        var reason = match.Groups[1].Value;
        // The library names the end of a word that cannot stand where it does, and the start of everything else.
        var place = reason == "Syntax error" ? text.StartOfTokenBefore(at) : at;
        var originalPlace = text.ToOriginal(place);
        return QueryProblem.Of($"The filter cannot be read: {reason}{FilterHint.At(original, originalPlace)}", original, originalPlace);
    }

    private FilterNode Condition(QueryToken token)
    {
        switch (token)
        {
            case BinaryOperatorToken { OperatorKind: BinaryOperatorKind.And } and:
                return Conjunction.Of(Condition(and.Left), Condition(and.Right));
            case BinaryOperatorToken { OperatorKind: BinaryOperatorKind.Or } or:
                return Disjunction.Of(Condition(or.Left), Condition(or.Right));
            case UnaryOperatorToken { OperatorKind: UnaryOperatorKind.Not } not:
                return Negation.Of(Condition(not.Operand));
            case BinaryOperatorToken binary when ToComparison(binary.OperatorKind) is { } comparison:
                return Compare(comparison, binary.Left, binary.Right);
            case InToken { Right: LiteralToken { Value: string list } } membership when list.StartsWith('('):
                return Within(Operand(membership.Left), list);
            case FunctionCallToken { Source: null } call when ToTextFunction(call.Name) is { } function:
                return Match(function, call);
            case EndPathToken { NextToken: null } field:
                var flag = Operand(field);
                CountComparison();
                return flag.Type == FieldType.Boolean
                    ? new Comparison(flag, ComparisonOperator.Equal, FieldValue.Of(true))
                    : throw QueryProblem.Of($"\"{flag}\" is no condition; compare it with something.");
            default:
                throw Unsupported(token);
        }
    }

    private FilterNode Compare(ComparisonOperator comparison, QueryToken left, QueryToken right)
    {
        if (left is UnaryOperatorToken { OperatorKind: UnaryOperatorKind.Not })
            throw QueryProblem.Of("\"not\" binds more tightly than a comparison; write \"not (field eq value)\"", original, text.Locate("not"));
        var (fieldSide, literalSide) = left is LiteralToken ? (right, left) : (left, right);
        if (left is LiteralToken)
            comparison = Flip(comparison);
        var operand = Operand(fieldSide, out var at);
        if (literalSide is not LiteralToken literal)
            throw QueryProblem.Of($"A comparison is of a field with a literal; \"{operand}\" is compared with {Describe(literalSide)}", original, at);
        CountComparison();
        var value = Read(operand, literal, at);
        if (value.IsNull)
            return comparison switch
            {
                ComparisonOperator.Equal => new NullTest(operand, isNull: true),
                ComparisonOperator.NotEqual => new NullTest(operand, isNull: false),
                _ => throw QueryProblem.Of("null can only be compared by eq and ne", original, at),
            };
        if (operand.Type is FieldType.Boolean or FieldType.Guid && comparison is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            throw QueryProblem.Of($"\"{operand}\" has no order; it can only be compared by eq and ne", original, at);
        return new Comparison(operand, comparison, value);
    }

    private FilterNode Within(FilterOperand operand, string list)
    {
        CountComparison();
        var literals = new List<FieldValue>();
        foreach (var part in FilterText.SplitList(list[1..^1]))
        {
            if (literals.Count == MaxValues)
                throw QueryProblem.Of($"An \"in\" has at most {MaxValues} values.");
            if (part.Length == 0 || part[0] == '(' || ParseTree(part) is not LiteralToken literal)
                throw QueryProblem.Of($"The values of \"in\" are literals; {QueryProblem.Quote(part)} is none.");
            literals.Add(Read(operand, literal, null));
        }
        if (literals is not [var single])
            return new Membership(operand, literals);
        return single.IsNull ? new NullTest(operand, isNull: true) : new Comparison(operand, ComparisonOperator.Equal, single);
    }

    private TextMatch Match(TextFunction function, FunctionCallToken call)
    {
        var at = text.Locate(call.Name);
        if (call.Arguments.ToArray() is not [{ ParameterName: null } first, { ParameterName: null, ValueToken: LiteralToken { Value: string part } }])
            throw QueryProblem.Of($"\"{call.Name}\" takes a field and a string", original, at);
        var operand = Operand(first.ValueToken);
        if (operand.Type is not (FieldType.String or FieldType.Any))
            throw QueryProblem.Of($"\"{call.Name}\" takes text, and \"{operand}\" is {Describe(operand.Type)}", original, at);
        CountComparison();
        return new(function, operand, part);
    }

    private FilterOperand Operand(QueryToken token) => Operand(token, out _);

    private FilterOperand Operand(QueryToken token, out int? at)
    {
        switch (token)
        {
            case EndPathToken { NextToken: null } field:
                at = text.Locate(field.Identifier);
                return new(text.Find(resource, field.Identifier)
                    ?? throw QueryProblem.Of($"\"{resource.Name}\" has no field {QueryProblem.Quote(field.Identifier)}", original, at));
            case FunctionCallToken { Source: null } call when ToFieldFunction(call.Name) is { } function:
                at = text.Locate(call.Name);
                if (call.Arguments.ToArray() is not [{ ParameterName: null, ValueToken: EndPathToken or FunctionCallToken } argument])
                    throw QueryProblem.Of($"\"{call.Name}\" takes one field", original, at);
                var inner = Operand(argument.ValueToken);
                if (!Takes(function, inner.Type))
                    throw QueryProblem.Of($"\"{call.Name}\" does not take \"{inner}\", which is {Describe(inner.Type)}", original, at);
                return new(inner.Column, [.. inner.Functions, function]);
            case LiteralToken:
                at = null;
                throw QueryProblem.Of("A comparison is of a field with a literal; this one has no field", original, null);
            default:
                throw Unsupported(token);
        }
    }

    private FieldValue Read(FilterOperand operand, LiteralToken token, int? at)
    {
        var literal = ValueOf(token);
        if (!LiteralReader.TryRead(operand.Type, literal, out var value))
            throw QueryProblem.Of($"\"{operand}\" is {Describe(operand.Type)} and cannot be compared with {DescribeLiteral(literal!)}", original, at);
        return value;
    }

    private void CountComparison()
    {
        if (++comparisons > MaxComparisons)
            throw QueryProblem.Of($"A filter has at most {MaxComparisons} comparisons.");
    }

    private ProblemException Unsupported(QueryToken token) => token switch
    {
        FunctionCallToken call when ToTextFunction(call.Name) is not null =>
            QueryProblem.Of($"\"{call.Name}\" is a condition by itself and is not compared", original, text.Locate(call.Name)),
        FunctionCallToken call => QueryProblem.Of(
            $"The function {QueryProblem.Quote(call.Name)} is not supported here; there are contains, startswith, endswith, tolower, toupper, length, year, month and day",
            original,
            text.Locate(call.Name)),
        BinaryOperatorToken binary => QueryProblem.Of(
            ToComparison(binary.OperatorKind) is null && binary.OperatorKind is not (BinaryOperatorKind.And or BinaryOperatorKind.Or)
                ? $"The operator {NameOf(binary.OperatorKind)} is not supported"
                : $"A condition cannot be compared with a value",
            original,
            null),
        InToken => QueryProblem.Of("\"in\" takes a field and a list of literals in parentheses", original, text.Locate("in")),
        LiteralToken => QueryProblem.Of("A literal alone is no condition", original, null),
        _ => QueryProblem.Of("The filter uses a form of OData that is not supported", original, null),
    };

    private static object? ValueOf(LiteralToken literal) => literal.Value switch
    {
#pragma warning disable CS0618 // The library's present version still hands out its own date types.
        Microsoft.OData.Edm.Date date => new DateOnly(date.Year, date.Month, date.Day),
        Microsoft.OData.Edm.TimeOfDay time => new TimeOnly(time.Ticks),
#pragma warning restore CS0618
        var value => value,
    };

    private static ComparisonOperator? ToComparison(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Equal => ComparisonOperator.Equal,
        BinaryOperatorKind.NotEqual => ComparisonOperator.NotEqual,
        BinaryOperatorKind.GreaterThan => ComparisonOperator.GreaterThan,
        BinaryOperatorKind.GreaterThanOrEqual => ComparisonOperator.GreaterThanOrEqual,
        BinaryOperatorKind.LessThan => ComparisonOperator.LessThan,
        BinaryOperatorKind.LessThanOrEqual => ComparisonOperator.LessThanOrEqual,
        _ => null,
    };

    private static ComparisonOperator Flip(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.GreaterThan => ComparisonOperator.LessThan,
        ComparisonOperator.GreaterThanOrEqual => ComparisonOperator.LessThanOrEqual,
        ComparisonOperator.LessThan => ComparisonOperator.GreaterThan,
        ComparisonOperator.LessThanOrEqual => ComparisonOperator.GreaterThanOrEqual,
        _ => comparison,
    };

    private static TextFunction? ToTextFunction(string name) => name switch
    {
        "contains" => TextFunction.Contains,
        "startswith" => TextFunction.StartsWith,
        "endswith" => TextFunction.EndsWith,
        _ => null,
    };

    private static FieldFunction? ToFieldFunction(string name) => name switch
    {
        "tolower" => FieldFunction.ToLower,
        "toupper" => FieldFunction.ToUpper,
        "length" => FieldFunction.Length,
        "year" => FieldFunction.Year,
        "month" => FieldFunction.Month,
        "day" => FieldFunction.Day,
        _ => null,
    };

    private static bool Takes(FieldFunction function, FieldType type) => function is FieldFunction.Year or FieldFunction.Month or FieldFunction.Day
        ? type is FieldType.Date or FieldType.DateTime
        : type is FieldType.String or FieldType.Any;

    private static string NameOf(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "\"add\"",
        BinaryOperatorKind.Subtract => "\"sub\"",
        BinaryOperatorKind.Multiply => "\"mul\"",
        BinaryOperatorKind.Divide => "\"div\"",
        BinaryOperatorKind.Modulo => "\"mod\"",
        _ => "\"has\"",
    };

    private static string Describe(QueryToken token) => token is EndPathToken { NextToken: null, Identifier: var name } ? $"{QueryProblem.Quote(name)}, which is none; a string is '{name}'" : "something else";

    private static string Describe(FieldType type) => type switch
    {
        FieldType.Any => "without a type",
        FieldType.Boolean => "a boolean",
        FieldType.Integer => "an integer",
        FieldType.Decimal => "a decimal number",
        FieldType.Double => "a number",
        FieldType.String => "text",
        FieldType.Guid => "a guid",
        FieldType.Binary => "binary",
        FieldType.Date => "a date",
        FieldType.Time => "a time of day",
        _ => "a date and time",
    };

    private static string DescribeLiteral(object literal) => literal switch
    {
        string text => $"the string {QueryProblem.Quote(text)}",
        bool flag => flag ? "true" : "false",
        IFormattable value => $"\"{value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}\"",
        _ => "a literal of this kind",
    };

    [GeneratedRegex(@"^(.*?) at (?:position )?'?(\d+)'? in '", RegexOptions.Singleline)]
    private static partial Regex Place();
}
