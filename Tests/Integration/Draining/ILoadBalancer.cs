namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>A real load balancer before two servers, set up as docs/deployment.md shows it.</summary>
internal interface ILoadBalancer : IAsyncDisposable
{
    /// <summary>Where clients connect.</summary>
    Uri Address { get; }

    /// <summary>The requests that it has answered with an error, or broken off while their client was still there, and why.</summary>
    IReadOnlyList<string> Failures { get; }

    /// <summary>Completes when a server that has died, the first one, no longer costs anybody a request.</summary>
    Task UntilGoneOverAsync();
}
