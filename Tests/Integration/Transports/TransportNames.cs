namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>All transports there are.</summary>
internal static class TransportNames
{
    public static IReadOnlyList<string> All { get; } = ["json", "messagepack", "sse", "polling"];

    public static ITransport Find(string name) => name switch
    {
        "sse" => new SseTransport(),
        "polling" => new PollingTransport(),
        _ => new HubTransport(name),
    };
}
