using System.Text.Json.Serialization;

namespace RealtimeApi.Tests.Unit.Client.Filtering;

/// <summary>An item with a property of every type that a condition can use.</summary>
internal sealed class Thing
{
    public int Id { get; set; }

    public long Big { get; set; }

    public string? Name { get; set; }

    [JsonPropertyName("other_name")]
    public string? Other { get; set; }

    public decimal Total { get; set; }

    public double Weight { get; set; }

    public bool Paid { get; set; }

    public bool? MaybePaid { get; set; }

    public int? Maybe { get; set; }

    public Guid Token { get; set; }

    public DateTime When { get; set; }

    public DateTimeOffset? Ended { get; set; }

    public DateOnly Day { get; set; }

    public TimeSpan Span { get; set; }

    public char Letter { get; set; }

    public FilterTranslatorTests.Colour Colour { get; set; }

    public FilterTranslatorTests.Colour? MaybeColour { get; set; }

    public FilterTranslatorTests.Level Level { get; set; }

    [JsonConverter(typeof(JsonStringEnumConverter))]
    public FilterTranslatorTests.Level Shown { get; set; }

    [JsonIgnore]
    public int Ignored { get; set; }

    public List<string> Tags { get; set; } = [];

    public Thing? Parent { get; set; }
}
