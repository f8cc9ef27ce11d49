using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>One way to watch, by a client that knows no more than PROTOCOL.md says.</summary>
internal interface ITransport
{
    /// <summary>Whether a watch can start with the current items.</summary>
    bool HasInitial { get; }

    /// <exception cref="RefusedException">The watch is refused.</exception>
    Task<TransportWatch> StartAsync(TestServer server, WatchRequest request);
}
