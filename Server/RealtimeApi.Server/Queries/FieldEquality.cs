using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>What every match of a filter has in one column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Identity">The value's <see cref="FieldIdentity"/>: an item matches only if its own value there has the same.</param>
internal sealed record FieldEquality(ColumnDefinition Column, string Identity);
