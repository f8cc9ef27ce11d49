namespace RealtimeApi.Server.Queries;

/// <summary>The comparisons of a field with a literal.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
}
