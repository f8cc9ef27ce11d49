using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>What a client asks to watch: a resource, one item of it or the items that match a filter.</summary>
/// <remarks>PROTOCOL, section Watching. The same inputs on every transport.</remarks>
public sealed record WatchRequest
{
    /// <summary>The resource's name.</summary>
    [JsonPropertyName("resource")]
    public string Resource { get; init => field = value ?? ""; } = "";

    /// <summary>The key of the one item to watch, present or not.</summary>
    /// <value>Default: null, the whole resource.</value>
    [JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>An OData filter, as <c>$filter</c> of a read.</summary>
    /// <value>Default: null, every item.</value>
    [JsonPropertyName("filter"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Filter { get; init; }

    /// <summary>The fields to send, separated by commas, as <c>$select</c> of a read; the key is always sent.</summary>
    /// <value>Default: null, all fields.</value>
    [JsonPropertyName("select"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Select { get; init; }

    /// <summary>The cursor to resume after.</summary>
    /// <value>Default: null, now.</value>
    [JsonPropertyName("since"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Since { get; init; }

    /// <summary>Whether the current items come first. Not together with <see cref="Since"/>.</summary>
    /// <value>Default: false.</value>
    [JsonPropertyName("initial"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Initial { get; init; }
}
