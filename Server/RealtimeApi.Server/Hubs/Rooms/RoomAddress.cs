using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Hubs;

/// <summary>Where those meet who watch the same: an item, or a resource without a key, on every node of one log.</summary>
/// <param name="LogId">The log's id, so that servers of other databases that share a Redis meet elsewhere.</param>
/// <param name="Resource">The resource's name.</param>
/// <param name="Key">What equal keys share (<see cref="ItemKey.Identity"/>); null for the resource. Never sent to a client.</param>
internal readonly record struct RoomAddress(string LogId, string Resource, string? Key)
{
    /// <summary>What the address is called between the nodes.</summary>
    public string Topic => $"room:{LogId}:{Resource}{(Key is null ? "" : ":" + Key)}";

    /// <summary>The address of what a client names.</summary>
    /// <exception cref="ProblemException"><c>invalid-query</c>: the text cannot be a key of the resource.</exception>
    public static RoomAddress Of(string logId, ResourceDefinition resource, string? key)
    {
        if (key is null)
            return new(logId, resource.Name, null);
        var parsed = ItemKey.Parse(resource, key) ?? throw new ProblemException(ProblemCodes.InvalidQuery, $"'{key}' cannot be a key of '{resource.Name}'.");
        return new(logId, resource.Name, parsed.Identity);
    }
}
