using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>A comparison with a literal as a comparison with a value that the column can hold.</summary>
/// <param name="Operator">How to compare; null where no stored value can be equal, and equality was asked for (or its opposite).</param>
/// <param name="Value">What to compare with.</param>
internal readonly record struct SqliteBound(ComparisonOperator? Operator, object? Value)
{
    public static SqliteBound Of(FilterOperand operand, ComparisonOperator comparison, FieldValue literal)
    {
        switch (operand.Type)
        {
            // As a double a decimal with a fraction could become a whole number.
            case FieldType.Integer when literal.Kind == FieldValueKind.Decimal:
                var whole = decimal.Floor(literal.Decimal);
                return whole is >= long.MinValue and <= long.MaxValue
                    ? new(RoundedComparison.Of(comparison, up: false), (long)whole)
                    : new(RoundedComparison.Of(comparison, up: false), (double)whole);
            case FieldType.Decimal or FieldType.Date or FieldType.Time or FieldType.DateTime:
                var stored = SqliteProjection.Store(operand.Column, literal);
                var back = SqliteProjection.Finish(operand.Column, stored);
                return FieldOrder.TryCompare(operand.Column, back, literal, out var order) && order != 0
                    ? new(RoundedComparison.Of(comparison, up: order > 0), stored)
                    : new(comparison, stored);
            default:
                return new(comparison, SqliteProjection.Store(operand.Column, literal));
        }
    }
}
