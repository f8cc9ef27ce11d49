using RealtimeApi.Server.Queries;

namespace RealtimeApi.Server.Data;

/// <summary>Comparisons with a literal that a column cannot hold, as comparisons with the nearest value that it can.</summary>
internal static class RoundedComparison
{
    /// <summary>How to compare with what the literal was rounded to; null where nothing stored can be equal, and equality was asked for (or its opposite).</summary>
    /// <param name="comparison">The comparison with the literal.</param>
    /// <param name="up">Whether the literal was rounded up.</param>
    public static ComparisonOperator? Of(ComparisonOperator comparison, bool up) => comparison switch
    {
        ComparisonOperator.GreaterThan or ComparisonOperator.GreaterThanOrEqual => up ? ComparisonOperator.GreaterThanOrEqual : ComparisonOperator.GreaterThan,
        ComparisonOperator.LessThan or ComparisonOperator.LessThanOrEqual => up ? ComparisonOperator.LessThan : ComparisonOperator.LessThanOrEqual,
        _ => null,
    };

    /// <summary>The comparison in SQL.</summary>
    public static string Symbol(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "<>",
        ComparisonOperator.GreaterThan => ">",
        ComparisonOperator.GreaterThanOrEqual => ">=",
        ComparisonOperator.LessThan => "<",
        _ => "<=",
    };
}
