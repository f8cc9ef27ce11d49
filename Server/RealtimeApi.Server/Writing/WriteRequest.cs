using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>What a request asks to be written.</summary>
/// <param name="Resource">Where.</param>
/// <param name="Select">The fields that the answer shows.</param>
/// <param name="Conditions">When. They speak of the whole item, whatever the answer shows.</param>
/// <param name="Body">The fields; null for a deletion.</param>
internal sealed record WriteRequest(ResourceDefinition Resource, FieldSelection Select, WriteConditions Conditions, WriteBody? Body)
{
    /// <summary>The item's key; null for a new item of which the path names none.</summary>
    public ItemKey? Key { get; init; }

    /// <summary>The caller's name for the write, by which a repeat is known; null where it is not to be known.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Who asks.</summary>
    public string Caller { get; init; } = "";
}
