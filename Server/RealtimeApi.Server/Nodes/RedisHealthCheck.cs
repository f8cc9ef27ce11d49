using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>Degraded while Redis does not answer: nothing is lost then, and the node serves as it did.</summary>
internal sealed class RedisHealthCheck(RedisLink link, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var redis = await link.ConnectAsync().WaitAsync(Patience, time, cancellationToken);
            await redis.GetDatabase().PingAsync().WaitAsync(Patience, time, cancellationToken);
            return HealthCheckResult.Healthy("Redis answers.");
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            var why = link.Problem is { } problem ? $" ({problem})" : "";
            return HealthCheckResult.Degraded($"Redis does not answer{why}: messages do not reach other nodes, and on SQL Server their changes are seen at the next look at the log.");
        }
    }
}
