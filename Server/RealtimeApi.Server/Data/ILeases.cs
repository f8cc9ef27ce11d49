namespace RealtimeApi.Server.Data;

/// <summary>Says which of the nodes on one database does what only one of them needs to do.</summary>
/// <remarks>
/// Thread-safe. A lease has a name and at most one owner; it ends by itself when its time is over, so that another takes over from a node that has gone without a word. Times are
/// those of the database's clock: the nodes' clocks have no say. Every method may throw <see cref="DatabaseUnavailableException"/>.
/// A holder that was stopped for longer than its lease does not know yet that it has lost it: what is done under a lease must be harmless when two do it.
/// </remarks>
internal interface ILeases
{
    /// <summary>Takes a lease that is free, or renews the owner's own: it is held for <paramref name="term"/> from now, whatever was left of it.</summary>
    /// <param name="name">What is to be done, e.g. <c>retention</c>; at most 100 characters.</param>
    /// <param name="owner">The node; at most 100 characters.</param>
    /// <param name="term">How long to hold it; the same for all owners of this name, or nearly.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False where another holds it; then nothing has changed.</returns>
    Task<bool> TryTakeAsync(string name, string owner, TimeSpan term, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, so that another can take it at once. Changes nothing where it is not the owner's.</summary>
    Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken);
}
