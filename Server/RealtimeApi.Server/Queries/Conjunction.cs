using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>a and b and …</c>, flat.</summary>
internal sealed class Conjunction(IReadOnlyList<FilterNode> terms) : FilterNode
{
    public IReadOnlyList<FilterNode> Terms { get; } = terms;

    public override bool IsExact => Terms.All(t => t.IsExact);

    public override int Cost => Terms.Sum(t => t.Cost);

    /// <summary>That of the first term that has one, of a value rather than of null: many items share a null.</summary>
    public override FieldEquality? Equality => Terms.OrderBy(t => t is NullTest).Select(t => t.Equality).FirstOrDefault(e => e is not null);

    public static FilterNode Of(FilterNode left, FilterNode right) => new Conjunction([.. TermsOf(left), .. TermsOf(right)]);

    public override bool Matches(FieldValue[] values)
    {
        foreach (var term in Terms)
            if (!term.Matches(values))
                return false;
        return true;
    }

    public override void Write(StringBuilder builder)
    {
        for (var i = 0; i < Terms.Count; i++)
        {
            if (i > 0)
                builder.Append(" and ");
            if (Terms[i] is Disjunction)
            {
                builder.Append('(');
                Terms[i].Write(builder);
                builder.Append(')');
            }
            else
                Terms[i].Write(builder);
        }
    }

    private static IReadOnlyList<FilterNode> TermsOf(FilterNode node) => node is Conjunction conjunction ? conjunction.Terms : [node];
}
