using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>One resource as the service document lists it.</summary>
public sealed record ResourceDescription
{
    /// <summary>The resource's name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>The names of the fields that make the key, in order.</summary>
    [JsonPropertyName("key")]
    public IReadOnlyList<string> Key { get; init => field = value ?? Array.Empty<string>(); } = Array.Empty<string>();

    /// <summary>Whether the resource can be watched.</summary>
    [JsonPropertyName("watchable")]
    public bool Watchable { get; init; }

    /// <summary>Whether the resource can be written.</summary>
    [JsonPropertyName("writable")]
    public bool Writable { get; init; }

    /// <summary>Where it is read.</summary>
    [JsonPropertyName("href")]
    public string Href { get; init => field = value ?? ""; } = "";
}
