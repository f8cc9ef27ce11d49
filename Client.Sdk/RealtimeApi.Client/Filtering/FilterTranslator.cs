using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RealtimeApi.Client;

/// <summary>Writes a C# condition as an OData filter of the protocol's subset.</summary>
/// <remarks>
/// What it cannot say exactly it refuses with an <see cref="ArgumentException"/> that names the expression, so that a filter never means something else on
/// the server than it says in C#. (Case and null follow the server: equality by the column's collation, <c>eq</c> and <c>ne</c> with null as a value.)
/// </remarks>
internal sealed class FilterTranslator
{
    private const string Always = "true";
    private const string Never = "false";

    /// <summary>The compiler's object in front of a captured variable, as <see cref="Expression.ToString"/> shows it.</summary>
    private static readonly Regex CapturedObject = new(@"value\([^()]*\)\.", RegexOptions.CultureInvariant);

    private readonly ParameterExpression item;
    private readonly FieldNames names;
    private string? anyField;

    private FilterTranslator(ParameterExpression item, FieldNames names)
    {
        this.item = item;
        this.names = names;
    }

    /// <summary>The filter, or null when the condition holds for every item.</summary>
    public static string? Translate(LambdaExpression condition, JsonSerializerOptions options)
    {
        var translator = new FilterTranslator(condition.Parameters[0], new FieldNames(options));
        var text = translator.Condition(condition.Body).Text;
        return text switch
        {
            Always => null,
            Never when translator.anyField is { } field => $"{field} eq null and {field} ne null",
            Never => throw Refuse(condition.Body, "it holds for no item"),
            _ => text,
        };
    }

    /// <summary>The names, joined with commas, of the fields that <c>o => o.Id</c> or <c>o => new { o.Id, o.Total }</c> lists.</summary>
    public static string TranslateFields(LambdaExpression fields, JsonSerializerOptions options)
    {
        var translator = new FilterTranslator(fields.Parameters[0], new FieldNames(options));
        var body = fields.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert ? convert.Operand : fields.Body;
        return body is NewExpression { Arguments.Count: > 0 } list
            ? string.Join(",", list.Arguments.Select(a => translator.Field(a).Text))
            : translator.Field(body).Text;
    }

    private Term Condition(Expression expression)
    {
        if (expression.Type == typeof(bool) && ClosedExpression.Is(expression, item))
            return (bool)ClosedExpression.Evaluate(expression)! ? new(Always, Binding.Primary) : new(Never, Binding.Primary);

        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } both when both.Type == typeof(bool):
                return Join(Condition(both.Left), Condition(both.Right), " and ", Binding.And, neutral: Always, absorbing: Never);

            case BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } either when either.Type == typeof(bool):
                return Join(Condition(either.Left), Condition(either.Right), " or ", Binding.Or, neutral: Never, absorbing: Always);

            case UnaryExpression { NodeType: ExpressionType.Not } negation when negation.Type == typeof(bool):
                return Not(Condition(negation.Operand));

            case BinaryExpression binary when OperatorOf(binary.NodeType) is { } name:
                return Comparison(binary, name);

            case MemberExpression { Member.Name: "HasValue" } has when IsNullable(has.Expression?.Type):
                return new($"{Field(has.Expression!).Text} ne null", Binding.Comparison);

            case MemberExpression member when member.Type == typeof(bool):
                return new($"{Field(member).Text} eq true", Binding.Comparison);

            case MethodCallExpression call:
                return Call(call);

            default:
                throw Refuse(expression, "it is not a condition that a filter can express");
        }
    }

    private Term Comparison(BinaryExpression binary, string name)
    {
        var (left, right) = (binary.Left, binary.Right);
        if (ClosedExpression.Is(left, item))
        {
            (left, right) = (right, left);
            name = name switch { "gt" => "lt", "ge" => "le", "lt" => "gt", "le" => "ge", _ => name };
        }
        if (!ClosedExpression.Is(right, item))
            throw Refuse(binary, "one side must not depend on the item: a filter compares a field with a value");

        // o.Name.Contains("x") == false: a condition against a value, not a field.
        var value = ClosedExpression.Evaluate(right);
        if (value is bool wanted && name is "eq" or "ne" && Strip(left) is MethodCallExpression or BinaryExpression or UnaryExpression { NodeType: ExpressionType.Not })
        {
            var condition = Condition(Strip(left));
            return (bool)value! == (name == "eq") ? condition : Not(condition);
        }

        var field = Field(left);
        if (value is null && name is not ("eq" or "ne"))
            throw Refuse(binary, "nothing is greater or less than null");
        if (field.Member is { } member && IsBoolean(field.Type) && name is not ("eq" or "ne"))
            throw Refuse(binary, $"'{member.Name}' is a boolean, which has no order");
        var literal = Literal(field, value, binary);
        if (IsEnum(field.Type) && literal[0] == '\'' && name is not ("eq" or "ne"))
            throw Refuse(binary, "the serializer writes the enum as text, whose order is another");
        return new($"{field.Text} {name} {literal}", Binding.Comparison);
    }

    private Term Call(MethodCallExpression call)
    {
        if (call.Object is { } target && target.Type == typeof(string) && !ClosedExpression.Is(target, item) && call.Method.Name is "Contains" or "StartsWith" or "EndsWith")
        {
            var field = Field(target);
            var literal = Literal(field, ArgumentOf(call), call);
            if (literal == "null")
                throw Refuse(call, "its argument is null");
            return new($"{FunctionNames[call.Method.Name]}({field.Text},{literal})", Binding.Primary);
        }

        // list.Contains(o.X), in whichever of the forms the compiler chooses.
        if (call.Method.Name == "Contains" && ListContains(call) is var (list, element))
            return In(call, list, element);

        throw Refuse(call, $"a filter has no '{call.Method.Name}'");
    }

    private static readonly Dictionary<string, string> FunctionNames = new()
    {
        ["Contains"] = "contains",
        ["StartsWith"] = "startswith",
        ["EndsWith"] = "endswith",
        ["ToLower"] = "tolower",
        ["ToLowerInvariant"] = "tolower",
        ["ToUpper"] = "toupper",
        ["ToUpperInvariant"] = "toupper",
        ["Length"] = "length",
        ["Year"] = "year",
        ["Month"] = "month",
        ["Day"] = "day",
    };

    /// <summary>The text that a text is searched for. Only ordinal comparison may be asked for, since the column's collation decides.</summary>
    private object? ArgumentOf(MethodCallExpression call)
    {
        if (call.Arguments.Any(a => !ClosedExpression.Is(a, item)))
            throw Refuse(call, "its argument must not depend on the item");
        if (call.Arguments.Count > 2 || (call.Arguments.Count == 2 && !Equals(ClosedExpression.Evaluate(call.Arguments[1]), StringComparison.Ordinal)))
            throw Refuse(call, "the column's collation decides how text compares; leave the comparison out, or use StringComparison.Ordinal");
        return ClosedExpression.Evaluate(call.Arguments[0]);
    }

    private (Expression List, Expression Element)? ListContains(MethodCallExpression call)
    {
        var arguments = call.Object is null ? call.Arguments.ToList() : [call.Object, .. call.Arguments];
        // An overload with a comparer, which must be the default one.
        if (arguments.Count == 3 && ClosedExpression.Is(arguments[2], item) && ClosedExpression.Evaluate(arguments[2]) is null)
            arguments.RemoveAt(2);
        return arguments.Count == 2 && arguments[0].Type != typeof(string) && ClosedExpression.Is(arguments[0], item) && !ClosedExpression.Is(arguments[1], item)
            ? (arguments[0], arguments[1])
            : null;
    }

    private Term In(MethodCallExpression call, Expression list, Expression element)
    {
        var field = Field(element);
        var literals = new List<string>();
        var hasNull = false;
        foreach (var value in ClosedExpression.Evaluate(list) as IEnumerable ?? throw Refuse(call, "the list is null"))
        {
            if (value is null)
                hasNull = true;
            else
                literals.Add(Literal(field, value, call));
        }

        var isNull = new Term(hasNull ? $"{field.Text} eq null" : Never, Binding.Comparison);
        var isIn = new Term(literals.Count > 0 ? $"{field.Text} in ({string.Join(",", literals)})" : Never, Binding.Comparison);
        return Join(isIn, isNull, " or ", Binding.Or, neutral: Never, absorbing: Always);
    }

    /// <summary>A field, or a function of one.</summary>
    private FieldTerm Field(Expression expression)
    {
        expression = Strip(expression);
        switch (expression)
        {
            case MemberExpression { Member.Name: "Value" } member when IsNullable(member.Expression?.Type):
                return Field(member.Expression!);

            case MemberExpression { Member.Name: "Length" } member when member.Expression?.Type == typeof(string):
                return Function(member.Member, member.Expression);

            case MemberExpression { Member.Name: "Year" or "Month" or "Day" } member when IsDate(member.Expression?.Type):
                return Function(member.Member, member.Expression!);

            case MethodCallExpression { Arguments.Count: 0, Object: { } target, Method.Name: "ToLower" or "ToLowerInvariant" or "ToUpper" or "ToUpperInvariant" } call
                when target.Type == typeof(string):
                return Function(call.Method, target) with { Type = typeof(string) };

            case MemberExpression member when member.Expression is not null && Strip(member.Expression) == item:
                var name = names.Of(member.Member) ?? throw Refuse(member, "the serializer ignores it");
                anyField ??= name;
                return new(name, member.Type, member.Member);

            default:
                throw Refuse(expression, "it is not a field of the item, nor a function of one that a filter has");
        }
    }

    private FieldTerm Function(MemberInfo function, Expression argument) => new($"{FunctionNames[function.Name]}({Field(argument).Text})", typeof(int), null);

    private string Literal(FieldTerm field, object? value, Expression context)
    {
        var type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        if (value is not null && field.Member is { } member && type.IsEnum)
        {
            // The compiler has made the enum a number.
            var typed = value as Enum ?? (Enum)Enum.ToObject(type, value);
            value = names.Write(member, typed);
        }
        else if (type == typeof(char) && value is int code)
        {
            value = (char)code;
        }
        return ODataLiteral.TryFormat(value, out var literal)
            ? literal
            : throw Refuse(context, $"a filter has no literal for the {value!.GetType().Name} '{value}'");
    }

    /// <summary>Takes off conversions that keep the value: to a nullable, a wider number, a base type, or the number behind an enum or character.</summary>
    private static Expression Strip(Expression expression)
    {
        while (expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert && KeepsValue(convert.Operand.Type, convert.Type))
            expression = convert.Operand;
        return expression;
    }

    private static bool KeepsValue(Type from, Type to)
    {
        from = Nullable.GetUnderlyingType(from) ?? from;
        to = Nullable.GetUnderlyingType(to) ?? to;
        if (to.IsAssignableFrom(from))
            return true;
        if (from.IsEnum)
            from = Enum.GetUnderlyingType(from);
        return from == to || Widths(from) is { } narrow && Widths(to) is { } wide && narrow.Rank < wide.Rank && (wide.Signed || !narrow.Signed);

        static (int Rank, bool Signed)? Widths(Type type) => Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => (1, false),
            TypeCode.SByte => (1, true),
            TypeCode.Char or TypeCode.UInt16 => (2, false),
            TypeCode.Int16 => (2, true),
            TypeCode.UInt32 => (3, false),
            TypeCode.Int32 => (3, true),
            TypeCode.UInt64 => (4, false),
            TypeCode.Int64 => (4, true),
            TypeCode.Single => (5, true),
            TypeCode.Double => (6, true),
            TypeCode.Decimal => (6, true),
            _ => null,
        };
    }

    private static Term Join(Term left, Term right, string word, Binding binding, string neutral, string absorbing)
    {
        if (left.Text == absorbing || right.Text == absorbing)
            return new(absorbing, Binding.Primary);
        if (left.Text == neutral)
            return right;
        if (right.Text == neutral)
            return left;
        return new(left.Within(binding) + word + right.Within(binding), binding);
    }

    private static Term Not(Term term) => term.Text switch
    {
        Always => new(Never, Binding.Primary),
        Never => new(Always, Binding.Primary),
        _ => new($"not {term.Within(Binding.Primary)}", Binding.Comparison),
    };

    private static string? OperatorOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => "eq",
        ExpressionType.NotEqual => "ne",
        ExpressionType.GreaterThan => "gt",
        ExpressionType.GreaterThanOrEqual => "ge",
        ExpressionType.LessThan => "lt",
        ExpressionType.LessThanOrEqual => "le",
        _ => null,
    };

    private static bool IsNullable(Type? type) => type is not null && Nullable.GetUnderlyingType(type) is not null;

    private static bool IsBoolean(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(bool);

    private static bool IsEnum(Type type) => (Nullable.GetUnderlyingType(type) ?? type).IsEnum;

    private static bool IsDate(Type? type) => type is not null
        && (type == typeof(DateTime) || type == typeof(DateTimeOffset) || type.FullName == "System.DateOnly");

    private static ArgumentException Refuse(Expression expression, string why) =>
        new($"The expression '{CapturedObject.Replace(expression.ToString(), "")}' cannot be made a filter: {why}.");

    /// <summary>How tightly a text holds together, loosest first.</summary>
    private enum Binding
    {
        Or,
        And,
        Comparison,
        Primary,
    }

    private readonly record struct Term(string Text, Binding Binding)
    {
        public string Within(Binding outer) => Binding < outer ? $"({Text})" : Text;
    }

    private readonly record struct FieldTerm(string Text, Type Type, MemberInfo? Member);
}
