using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>The change log of a database and the triggers that fill it.</summary>
internal interface IChangeLog
{
    /// <summary>
    /// Makes the log if it is missing, and the triggers of every watchable resource; removes those of resources that are not. Idempotent and safe
    /// when several nodes or processes do it at once. A resource whose triggers were missing, altered or of another definition gets a
    /// <see cref="CaptureReset"/> mark in the same transaction. Without any watchable resource, and with no log there, it changes nothing.
    /// </summary>
    /// <returns>The state of the log once capture is on; null where nothing is captured.</returns>
    Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken);

    /// <summary>
    /// The log's rows after <paramref name="after"/> in the log's order, never past the high-water mark: no change that commits later stands at or
    /// before <see cref="LogPage.Through"/>. Reads at most about <paramref name="maxBytes"/>, at least one row.
    /// </summary>
    /// <param name="catalog">The definitions by which images are read; rows of resources that it does not hold are skipped.</param>
    /// <param name="after">The position that the page follows.</param>
    /// <param name="maxBytes">About how many bytes of images to read.</param>
    /// <param name="resourceName">Null for all resources; else only the rows of this one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken);

    /// <summary>What the log has at a position, by the database's own word and not by a node's memory.</summary>
    Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a position has been given out, by the database's own word; the changes up to it need not be below the high-water mark yet. What has been committed
    /// at such a position can be seen by whoever reads its table.
    /// </summary>
    async Task<bool> HasReachedAsync(LogPosition position, CancellationToken cancellationToken) =>
        position <= (await FindAsync(position, cancellationToken)).Head.Position;

    /// <summary>
    /// Deletes rows that are older than <paramref name="before"/>, the newest row excepted, in small batches; commits the low-water mark first.
    /// </summary>
    /// <returns>How many rows were deleted.</returns>
    Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when another program may have written (a hint: it may complete for nothing, and the caller reads once a second even when it does not).
    /// Uses practically no processor time while nobody writes.
    /// </summary>
    Task WaitForWriteAsync(CancellationToken cancellationToken);
}
