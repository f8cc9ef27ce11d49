using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>A refusal as problem details (RFC 9457).</summary>
/// <remarks>A field that is absent, or null, has its default: the serializer's generated code sets absent ones of any record to null.</remarks>
public sealed record ProblemDetails
{
    /// <summary>The start of every problem's <see cref="Type"/>; the code follows.</summary>
    public const string TypePrefix = "/problems/";

    /// <summary><c>/problems/&lt;code&gt;</c>, see <see cref="ProblemCodes"/>.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init => field = value ?? "about:blank"; } = "about:blank";

    /// <summary>A short summary, the same for every problem of this type.</summary>
    [JsonPropertyName("title")]
    public string Title { get; init => field = value ?? ""; } = "";

    /// <summary>The HTTP status, also where no HTTP answer carries it.</summary>
    [JsonPropertyName("status")]
    public int Status { get; init; }

    /// <summary>What is wrong with this request and how to mend it.</summary>
    [JsonPropertyName("detail"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>For <c>invalid-body</c>: what is wrong with each field at fault, by its name.</summary>
    /// <value>Default: null, it is not the fields.</value>
    [JsonPropertyName("errors"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>The code alone, e.g. <c>cursor-expired</c>.</summary>
    [JsonIgnore]
    public string Code => Type.StartsWith(TypePrefix, StringComparison.Ordinal) ? Type.Substring(TypePrefix.Length) : Type;
}
