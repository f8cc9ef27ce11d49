using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>not (…)</c>: true exactly where the inner filter is false, null or not.</summary>
internal sealed class Negation : FilterNode
{
    private Negation(FilterNode inner) => Inner = inner;

    public FilterNode Inner { get; }

    public override bool IsExact => Inner.IsExact;

    public override int Cost => Inner.Cost;

    /// <summary>The negation; one of a negation is what that negates.</summary>
    public static FilterNode Of(FilterNode inner) => inner is Negation negation ? negation.Inner : new Negation(inner);

    public override bool Matches(FieldValue[] values) => !Inner.Matches(values);

    public override void Write(StringBuilder builder)
    {
        builder.Append("not (");
        Inner.Write(builder);
        builder.Append(')');
    }
}
