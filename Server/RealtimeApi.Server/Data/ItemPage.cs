using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>A page of items, and the log's newest point from before or in the same transaction.</summary>
/// <param name="Items">The items, in order.</param>
/// <param name="HasMore">Whether another page follows.</param>
/// <param name="Count">The number of matching items, where it was asked for.</param>
/// <param name="Point">Where a watch that continues from this page starts; null where nothing is captured.</param>
internal sealed record ItemPage(IReadOnlyList<Item> Items, bool HasMore, long? Count, LogPoint? Point);
