using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>field eq null</c>; <c>ne null</c> is its negation in meaning but stands for itself.</summary>
internal sealed class NullTest(FilterOperand operand, bool isNull) : FilterNode
{
    public FilterOperand Operand { get; } = operand;

    /// <summary>Whether null matches (<c>eq null</c>) or everything else does (<c>ne null</c>).</summary>
    public bool IsNull { get; } = isNull;

    /// <summary>Always: no function makes null of a value or a value of null, so text rules do not matter.</summary>
    public override bool IsExact => true;

    public override int Cost => 1;

    public override bool Matches(FieldValue[] values) => values[Operand.Column.Ordinal].IsNull == IsNull;

    public override FieldEquality? Equality => IsNull ? new(Operand.Column, FieldIdentity.Of(Operand.Column, FieldValue.Null)) : null;

    public override void Write(StringBuilder builder)
    {
        Operand.Write(builder);
        builder.Append(IsNull ? " eq null" : " ne null");
    }
}
