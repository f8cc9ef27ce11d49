namespace RealtimeApi.Samples.OrdersConsole;

/// <summary>The fields of <c>/api/orders</c> that the table shows.</summary>
internal sealed record Order(long Id, long CustomerId, string Status, decimal Total, bool Express, DateTimeOffset OrderedAt, string? Note);
