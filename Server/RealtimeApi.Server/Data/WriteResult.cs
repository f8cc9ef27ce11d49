using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>What a write did.</summary>
/// <param name="Item">The item as it is now; null where it was deleted.</param>
/// <param name="Mark">The log's newest point, the write included; null where nothing is captured.</param>
internal sealed record WriteResult(Item? Item, LogMark? Mark)
{
    /// <summary>The recorded answer to the first of several equal calls; then nothing else is set.</summary>
    public byte[]? Repeated { get; init; }
}
