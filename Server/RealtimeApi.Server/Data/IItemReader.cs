using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Reads items through the one projection.</summary>
/// <remarks>
/// Each call is one short read transaction: the returned point and the items are of the same moment, or the point is older (then changes after it may
/// repeat what was read, which converges). No transaction stays open after the call.
/// </remarks>
internal interface IItemReader
{
    /// <summary>One page in the order of the query, at most <see cref="ListQuery.Top"/> items and <see cref="ListQuery.MaxBytes"/> (see <see cref="PageBuilder"/>).</summary>
    /// <exception cref="SchemaChangedException">The table no longer has a column of the definition.</exception>
    Task<ItemPage> ListAsync(ListQuery query, CancellationToken cancellationToken);

    /// <summary>The item of this key under the column's type and collation, or null.</summary>
    /// <exception cref="SchemaChangedException">The table no longer has a column of the definition.</exception>
    Task<ItemRead> FindAsync(ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken);
}
