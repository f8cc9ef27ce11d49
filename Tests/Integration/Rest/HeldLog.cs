using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>The real log, which says on demand that an open transaction holds it back.</summary>
internal sealed class HeldLog(IDatabase database) : IChangeLog
{
    public bool IsHeldBack { get; set; }

    public Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken) => database.Log.PrepareAsync(catalog, cancellationToken);

    public async Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken) =>
        await database.Log.ReadAsync(catalog, after, maxBytes, resourceName, cancellationToken) with { IsHeldBack = IsHeldBack };

    public Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken) => database.Log.FindAsync(position, cancellationToken);

    public Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.Log.TrimAsync(before, cancellationToken);

    public Task WaitForWriteAsync(CancellationToken cancellationToken) => database.Log.WaitForWriteAsync(cancellationToken);
}
