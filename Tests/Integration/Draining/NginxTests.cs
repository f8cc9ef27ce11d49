using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>The recipe for nginx, before hosts without <c>Draining:Delay</c>.</summary>
public sealed class NginxTests : LoadBalancerSpecification
{
    private protected override async Task<ILoadBalancer> StartAsync(int first, int second) => await NginxServer.StartAsync(first, second);

    protected override void SkipWhereMissing() => Requirements.SkipUnless(NginxServer.IsInstalled, NginxServer.Missing);
}
