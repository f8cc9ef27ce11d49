using Microsoft.Extensions.Diagnostics.HealthChecks;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>Ready means that the database answers and, where something is watchable, that the feed has reached the log's end.</summary>
internal sealed class FeedHealthCheck(CatalogSource catalogs, ChangeFeed feed, IDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (feed.State is { } state)
        {
            // Every server would be out of service at once for it, and reads and writes are as good as ever.
            return state.IsCurrent ? HealthCheckResult.Healthy("The change log is being followed.")
                : state.IsHeldBack ? HealthCheckResult.Degraded("Changes wait for a transaction that has written and is still open.")
                : Unhealthy("The change feed is behind, or the database does not answer.");
        }

        if (catalogs.Current.Resources.Any(resource => resource.Watchable))
            return Unhealthy("The change log is not open yet.");
        try
        {
            await database.Schema.ReadAsync(cancellationToken);
            return HealthCheckResult.Healthy("The database answers.");
        }
        catch (DatabaseUnavailableException)
        {
            return Unhealthy("The database does not answer.");
        }
    }

    private static HealthCheckResult Unhealthy(string description) => HealthCheckResult.Unhealthy(description);
}
