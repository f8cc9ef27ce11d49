using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>The side of a comparison that is not the literal: a field, or functions of it.</summary>
/// <param name="column">The field.</param>
/// <param name="functions">What is applied to it, the innermost first.</param>
internal sealed class FilterOperand(ColumnDefinition column, params IReadOnlyList<FieldFunction> functions)
{
    /// <summary>A text is copied, or its letters counted: half a microsecond and more for 200 of them.</summary>
    private const int TextFunctionCost = 10;

    private const int DateFunctionCost = 2;

    public ColumnDefinition Column { get; } = column;

    public IReadOnlyList<FieldFunction> Functions { get; } = functions;

    /// <summary>What the operand yields; <see cref="FieldType.Any"/> only for a bare field.</summary>
    public FieldType Type { get; } = functions.Count == 0 ? column.Type
        : functions[^1] is FieldFunction.ToLower or FieldFunction.ToUpper ? FieldType.String : FieldType.Integer;

    /// <summary>About what <see cref="Evaluate"/> takes, as in <see cref="FilterNode.Cost"/>.</summary>
    public int Cost => Functions.Sum(static function => function is FieldFunction.ToLower or FieldFunction.ToUpper or FieldFunction.Length ? TextFunctionCost : DateFunctionCost);

    /// <summary>Whether text is compared or changed on the way, so that the column's <see cref="TextRules"/> decide.</summary>
    public bool UsesText(FieldValueKind literal) =>
        literal == FieldValueKind.Text || Functions.Any(f => f is FieldFunction.ToLower or FieldFunction.ToUpper or FieldFunction.Length);

    /// <summary>The value for an item: null of null, and a misfit where the value is one or is of a kind that the functions do not take.</summary>
    public FieldValue Evaluate(FieldValue[] values)
    {
        var value = values[Column.Ordinal];
        foreach (var function in Functions)
        {
            if (value.IsNull || !value.Fits)
                return value;
            value = Apply(function, value);
        }
        return value;
    }

    public void Write(StringBuilder builder)
    {
        for (var i = Functions.Count - 1; i >= 0; i--)
            builder.Append(NameOf(Functions[i])).Append('(');
        builder.Append(Column.Name).Append(')', Functions.Count);
    }

    public override string ToString()
    {
        var builder = new StringBuilder();
        Write(builder);
        return builder.ToString();
    }

    public static string NameOf(FieldFunction function) => function switch
    {
        FieldFunction.ToLower => "tolower",
        FieldFunction.ToUpper => "toupper",
        FieldFunction.Length => "length",
        FieldFunction.Year => "year",
        FieldFunction.Month => "month",
        _ => "day",
    };

    private FieldValue Apply(FieldFunction function, FieldValue value) => (function, value.Kind) switch
    {
        (FieldFunction.ToLower, FieldValueKind.Text) => FieldValue.Of(Column.TextRules?.ToLower(value.Text) ?? value.Text.ToLowerInvariant()),
        (FieldFunction.ToUpper, FieldValueKind.Text) => FieldValue.Of(Column.TextRules?.ToUpper(value.Text) ?? value.Text.ToUpperInvariant()),
        (FieldFunction.Length, FieldValueKind.Text) => FieldValue.Of((long)(Column.TextRules?.Length(value.Text) ?? value.Text.Length)),
        (FieldFunction.Year, FieldValueKind.Date) => FieldValue.Of((long)value.Date.Year),
        (FieldFunction.Month, FieldValueKind.Date) => FieldValue.Of((long)value.Date.Month),
        (FieldFunction.Day, FieldValueKind.Date) => FieldValue.Of((long)value.Date.Day),
        (FieldFunction.Year, FieldValueKind.DateTime) => FieldValue.Of((long)value.DateTime.UtcDateTime.Year),
        (FieldFunction.Month, FieldValueKind.DateTime) => FieldValue.Of((long)value.DateTime.UtcDateTime.Month),
        (FieldFunction.Day, FieldValueKind.DateTime) => FieldValue.Of((long)value.DateTime.UtcDateTime.Day),
        _ => value.AsMisfit(),
    };
}
