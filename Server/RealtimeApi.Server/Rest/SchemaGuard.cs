using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Runs a read again when the table was altered beneath it, once the catalog fits the table again.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SchemaGuard(CatalogSource catalogs, ChangeFeed feed, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim refreshing = new(1);

    /// <summary>The endpoint, which must send nothing before it has read everything.</summary>
    public RequestDelegate Guard(RequestDelegate endpoint) => async context =>
    {
        var catalog = catalogs.Current;
        try
        {
            await endpoint(context);
            return;
        }
        catch (SchemaChangedException) when (!context.Response.HasStarted)
        {
        }

        await WaitForNewCatalogAsync(catalog, context.RequestAborted);
        try
        {
            await endpoint(context);
        }
        catch (SchemaChangedException) when (!context.Response.HasStarted)
        {
            throw new ProblemException(ProblemCodes.Unavailable, "The table has been altered, or the view refers to something that is gone. Try again in 1 second.") { RetryAfter = 1 };
        }
    };

    public void Dispose() => refreshing.Dispose();

    private async Task WaitForNewCatalogAsync(ResourceCatalog old, CancellationToken cancellationToken)
    {
        if (feed.State is not { } state)
        {
            await RefreshAsync(old, cancellationToken);
            return;
        }

        feed.Wake();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (ReferenceEquals(catalogs.Current, old))
                state = await feed.WaitAsync(state, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The second attempt says whether it still does not fit.
        }
    }

    /// <summary>Where nothing is watchable the feed rests, and this is the only one who refreshes.</summary>
    private async Task RefreshAsync(ResourceCatalog old, CancellationToken cancellationToken)
    {
        await refreshing.WaitAsync(cancellationToken);
        try
        {
            if (ReferenceEquals(catalogs.Current, old))
                await catalogs.RefreshAsync(cancellationToken);
        }
        finally
        {
            refreshing.Release();
        }
    }
}
