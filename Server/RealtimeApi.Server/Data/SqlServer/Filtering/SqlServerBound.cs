using System.Data;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>A comparison with a literal as a comparison with a value that the column can hold.</summary>
/// <param name="Operator">How to compare; null where all values of the column stand to the literal in the same way.</param>
/// <param name="Storage">What the value is a parameter of.</param>
/// <param name="Value">What to compare with.</param>
/// <param name="IsAll">Where there is no operator: whether all values match, or none.</param>
internal readonly record struct SqlServerBound(ComparisonOperator? Operator, SqlServerStorage Storage, object? Value, bool IsAll = false)
{
    // What functions of a date, and length, yield.
    private static readonly SqlServerStorage Integer = new(SqlDbType.Int);

    public static SqlServerBound Of(FilterOperand operand, ComparisonOperator comparison, FieldValue literal)
    {
        var ofFunction = operand.Functions.Count > 0;
        var storage = ofFunction ? Integer : SqlServerStorage.Of(operand.Column);
        var stored = ofFunction
            ? (int?)SqlServerNumber.Store(literal, int.MinValue, int.MaxValue, out var order)
            : SqlServerProjection.Store(operand.Column, literal, out order);
        if (order == 0)
            return new(comparison, storage, stored);
        var isGreater = comparison is ComparisonOperator.GreaterThan or ComparisonOperator.GreaterThanOrEqual;
        var isLess = comparison is ComparisonOperator.LessThan or ComparisonOperator.LessThanOrEqual;
        // Without a parameter at the end of the range, which would say no more.
        var isOutside = Math.Abs(order) == SqlServerNumber.Beyond;
        return new(isOutside ? null : RoundedComparison.Of(comparison, up: order > 0), storage, stored, comparison == ComparisonOperator.NotEqual || (order > 0 ? isGreater : isLess));
    }
}
