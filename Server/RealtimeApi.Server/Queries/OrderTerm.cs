using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>One term of <c>$orderby</c>. Null sorts before every value when ascending, after when descending.</summary>
internal sealed record OrderTerm(ColumnDefinition Column, bool Descending);
