using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary><c>a or b or …</c>, flat.</summary>
internal sealed class Disjunction(IReadOnlyList<FilterNode> terms) : FilterNode
{
    public IReadOnlyList<FilterNode> Terms { get; } = terms;

    public override bool IsExact => Terms.All(t => t.IsExact);

    public override int Cost => Terms.Sum(t => t.Cost);

    public static FilterNode Of(FilterNode left, FilterNode right) => new Disjunction([.. TermsOf(left), .. TermsOf(right)]);

    public override bool Matches(FieldValue[] values)
    {
        foreach (var term in Terms)
            if (term.Matches(values))
                return true;
        return false;
    }

    public override void Write(StringBuilder builder)
    {
        for (var i = 0; i < Terms.Count; i++)
        {
            if (i > 0)
                builder.Append(" or ");
            Terms[i].Write(builder);
        }
    }

    private static IReadOnlyList<FilterNode> TermsOf(FilterNode node) => node is Disjunction disjunction ? disjunction.Terms : [node];
}
