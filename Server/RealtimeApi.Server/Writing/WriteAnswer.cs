using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeApi.Server.Writing;

/// <summary>What a write is answered with, in the form in which it is also recorded.</summary>
/// <param name="Fingerprint">The definition by which the item was written.</param>
/// <param name="Key">The item's key.</param>
/// <param name="Tag">Its ETag; null where it was deleted.</param>
/// <param name="Body">Its JSON; empty where it was deleted.</param>
/// <param name="Cursor">The write's cursor; null where the resource is not watchable.</param>
internal sealed partial record WriteAnswer(string Fingerprint, string Key, string? Tag, ReadOnlyMemory<byte> Body, string? Cursor)
{
    /// <summary>Whether the item is new.</summary>
    [JsonIgnore]
    public bool IsCreated { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Form.Default.WriteAnswer);

    public static WriteAnswer Parse(byte[] bytes) => JsonSerializer.Deserialize(bytes, Form.Default.WriteAnswer)!;

    [JsonSerializable(typeof(WriteAnswer))]
    private sealed partial class Form : JsonSerializerContext;
}
