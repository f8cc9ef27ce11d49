namespace RealtimeApi.Tests.Integration.Draining;

internal sealed record Order(long Id, string Status);
