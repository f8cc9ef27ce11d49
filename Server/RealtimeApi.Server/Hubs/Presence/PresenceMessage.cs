using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>What one node tells the others of who watches what on it.</summary>
internal sealed partial record PresenceMessage
{
    /// <summary>So many entries in one message.</summary>
    public const int MaxEntries = 200;

    /// <summary>The node it is from.</summary>
    public required string Node { get; init; }

    public required PresenceMessageKind Kind { get; init; }

    /// <summary>How many changes the node has told; of a change, with this one.</summary>
    public long Count { get; init; }

    /// <summary>Of a state: which of the node's states it is a part of.</summary>
    public long State { get; init; }

    /// <summary>Of a state: which part of it this is, from 0.</summary>
    public int Part { get; init; }

    /// <summary>Of a state: whether it ends with this part.</summary>
    public bool IsLast { get; init; }

    /// <summary>Of a question: the node that is asked; null for all.</summary>
    public string? Asked { get; init; }

    /// <summary>Of a change: who has come; of a state: who is there.</summary>
    public IReadOnlyList<Entry>? Joined { get; init; }

    /// <summary>Of a change: who has left.</summary>
    public IReadOnlyList<Entry>? Left { get; init; }

    public static PresenceMessage? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Wire.Default.PresenceMessage);
        }
        catch (JsonException)
        {
            // A node of another version: it will be found silent.
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, Wire.Default.PresenceMessage);

    /// <summary>Somebody on an item of the log that the topic names.</summary>
    public sealed record Entry(string Resource, string? Key, string Id, string? Name)
    {
        public static Entry Of(PresenceEntry entry) => new(entry.Address.Resource, entry.Address.Key, entry.Peer.Id, entry.Peer.Name);

        public PresenceEntry On(string logId) => new(new(logId, Resource, Key), new Peer { Id = Id, Name = Name });
    }

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(PresenceMessage))]
    private sealed partial class Wire : JsonSerializerContext;
}
