using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Keeps what was read of watched tables, and answers with it for as long as the feed has seen no change of it.</summary>
/// <remarks>
/// DESIGN, Reads. Thread-safe. Bounded by <see cref="RestOptions.CacheBytes"/>: the least recently used goes first. Nothing is removed when it changes; what
/// <see cref="ChangeMarks"/> no longer vouches for is read anew and replaced.
/// </remarks>
internal sealed class ReadCache(ChangeFeed feed, IOptions<RealtimeApiOptions> options) : IDisposable
{
    /// <summary>Larger answers keep their ETag only, so that a few of them do not drive out the many small ones.</summary>
    internal const int MaxBody = 64 * 1024;

    // What an entry takes beside its parts: its own objects and the cache's.
    private const int Overhead = 1024;

    // What a character of a query takes, twice as text and once more read: a value of "in" has two characters and some fifty bytes.
    private const int QueryFactor = 32;

    private readonly ChangeMarks marks = new(() => feed.State);
    private readonly MemoryCache? reads = options.Value.Rest.CacheBytes > 0 ? new(new MemoryCacheOptions { SizeLimit = options.Value.Rest.CacheBytes }) : null;

    /// <summary>Whether a read that starts now can be kept.</summary>
    /// <returns>The <see cref="Read.Epoch"/> to keep it with, or null.</returns>
    public int? Begin(ResourceDefinition resource) =>
        reads is not null && resource is { Watchable: true, ChangesUnseen: false } ? marks.Follow(resource) : null;

    /// <summary>The answer to this request, where memory has it and it is what the conditions allow.</summary>
    /// <param name="key">The request.</param>
    /// <param name="resource">The resource as it stands.</param>
    /// <param name="conditions">The request's conditions.</param>
    /// <param name="state">Where the feed stands: the answer is as of its head at least.</param>
    public Read? Find(ReadKey key, ResourceDefinition resource, in ReadConditions conditions, out FeedState state)
    {
        state = null!;
        if (reads is null || !resource.Watchable || conditions.NoCache
            || !reads.TryGetValue(key, out Read? read) || !ReferenceEquals(read!.Resource, resource) || !marks.Holds(read, out state))
            return null;
        if (conditions.Min is { } min && (min.LogId != state.LogId || min.Least > state.Head.Position))
            return null;
        return read.Body.IsEmpty && !conditions.Have(read.Tag) ? null : read;
    }

    /// <summary>Keeps a copy.</summary>
    public void Keep(ReadKey key, Read read, int epoch)
    {
        var kept = read with { Epoch = epoch, Body = read.Body.Length <= MaxBody ? read.Body.ToArray() : default };
        reads!.Set(key, kept, new MemoryCacheEntryOptions { Size = Measure(key, kept) });
    }

    private static long Measure(ReadKey key, Read kept)
    {
        var size = Overhead + kept.Body.Length + (long)QueryFactor * key.Query.Length + sizeof(char) * (key.Key?.Length ?? 0);
        return size + (kept.Last?.Size ?? 0);
    }

    public void Dispose() => reads?.Dispose();
}
