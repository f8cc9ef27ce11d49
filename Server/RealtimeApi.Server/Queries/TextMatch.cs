using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>contains(field,'part')</c> and its like; false for null and for what is not text.</summary>
internal sealed class TextMatch(TextFunction function, FilterOperand operand, string part) : FilterNode
{
    /// <summary>100 nanoseconds where the text has 20 to 200 letters, 300 where it has 2,000.</summary>
    private const int ContainsCost = 4;

    public TextFunction Function { get; } = function;

    public FilterOperand Operand { get; } = operand;

    public string Part { get; } = part;

    public override bool IsExact => Operand.Column.TextRules is not null;

    public override int Cost => Operand.Cost + (Function == TextFunction.Contains ? ContainsCost : 1);

    public override bool Matches(FieldValue[] values)
    {
        var value = Operand.Evaluate(values);
        if (value.Kind != FieldValueKind.Text || !value.Fits)
            return false;
        var rules = Operand.Column.TextRules;
        return Function switch
        {
            TextFunction.Contains => rules?.Contains(value.Text, Part) ?? value.Text.Contains(Part, StringComparison.Ordinal),
            TextFunction.StartsWith => rules?.StartsWith(value.Text, Part) ?? value.Text.StartsWith(Part, StringComparison.Ordinal),
            _ => rules?.EndsWith(value.Text, Part) ?? value.Text.EndsWith(Part, StringComparison.Ordinal),
        };
    }

    public override void Write(StringBuilder builder)
    {
        builder.Append(NameOf(Function)).Append('(');
        Operand.Write(builder);
        builder.Append(',').Append(LiteralText.Of(FieldValue.Of(Part))).Append(')');
    }

    private static string NameOf(TextFunction function) => function switch
    {
        TextFunction.Contains => "contains",
        TextFunction.StartsWith => "startswith",
        _ => "endswith",
    };
}
