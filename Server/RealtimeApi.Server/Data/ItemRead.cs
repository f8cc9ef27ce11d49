using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>An item or its absence, and the log's newest point from before or in the same transaction.</summary>
internal readonly record struct ItemRead(Item? Item, LogPoint? Point);
