using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>field op literal</c>, where the literal is not null.</summary>
internal sealed class Comparison(FilterOperand operand, ComparisonOperator comparisonOperator, FieldValue literal) : FilterNode
{
    public FilterOperand Operand { get; } = operand;

    public ComparisonOperator Operator { get; } = comparisonOperator;

    /// <summary>The literal in the form of the operand's type, see <see cref="LiteralReader"/>.</summary>
    public FieldValue Literal { get; } = literal;

    public override bool IsExact => !Operand.UsesText(Literal.Kind)
        || (Operand.Column.TextRules is { } rules && (rules.Orders || Literal.Kind != FieldValueKind.Text || Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual));

    public override int Cost => Operand.Cost + 1;

    public override FieldEquality? Equality => Operator == ComparisonOperator.Equal && Operand.Functions.Count == 0 && IsExact
        ? new(Operand.Column, FieldIdentity.Of(Operand.Column, Literal))
        : null;

    public override bool Matches(FieldValue[] values)
    {
        var value = Operand.Evaluate(values);
        if (value.IsNull)
            return Operator == ComparisonOperator.NotEqual;
        return FieldOrder.TryCompare(Operand.Column, value, Literal, out var order) && Operator switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.GreaterThan => order > 0,
            ComparisonOperator.GreaterThanOrEqual => order >= 0,
            ComparisonOperator.LessThan => order < 0,
            _ => order <= 0,
        };
    }

    public override void Write(StringBuilder builder)
    {
        Operand.Write(builder);
        builder.Append(' ').Append(NameOf(Operator)).Append(' ').Append(LiteralText.Of(Literal));
    }

    private static string NameOf(ComparisonOperator comparisonOperator) => comparisonOperator switch
    {
        ComparisonOperator.Equal => "eq",
        ComparisonOperator.NotEqual => "ne",
        ComparisonOperator.GreaterThan => "gt",
        ComparisonOperator.GreaterThanOrEqual => "ge",
        ComparisonOperator.LessThan => "lt",
        _ => "le",
    };
}
