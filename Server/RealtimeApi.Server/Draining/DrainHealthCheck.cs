using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RealtimeApi.Server.Draining;

/// <summary>Not ready from the moment in which the server is told to stop.</summary>
internal sealed class DrainHealthCheck(Drain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.HasBegun ? HealthCheckResult.Unhealthy("The server is stopping.") : HealthCheckResult.Healthy("The server takes clients."));
}
