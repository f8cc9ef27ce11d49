namespace RealtimeApi.Tests.Aot;

internal sealed record Order(long Id, string Status, decimal Total, DateTimeOffset? OrderedAt = null);
