using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>field in (…)</c>: whether the value is equal to one of the literals, null included if it is one of them.</summary>
internal sealed class Membership(FilterOperand operand, IReadOnlyList<FieldValue> literals) : FilterNode
{
    public FilterOperand Operand { get; } = operand;

    /// <summary>The literals as they were written; null may be among them.</summary>
    public IReadOnlyList<FieldValue> Literals { get; } = literals;

    public override bool IsExact => Operand.Column.TextRules is not null || !Literals.Any(l => Operand.UsesText(l.Kind));

    public override int Cost => Operand.Cost + Literals.Count;

    public override bool Matches(FieldValue[] values)
    {
        var value = Operand.Evaluate(values);
        foreach (var literal in Literals)
            if (value.IsNull ? literal.IsNull : FieldOrder.TryCompare(Operand.Column, value, literal, out var order) && order == 0)
                return true;
        return false;
    }

    public override void Write(StringBuilder builder)
    {
        Operand.Write(builder);
        builder.Append(" in (").AppendJoin(',', Literals.Select(LiteralText.Of)).Append(')');
    }
}
