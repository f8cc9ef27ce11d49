using System.Text.Json;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>What either hub protocol makes of an argument.</summary>
internal static class HubJson
{
    /// <summary>Either protocol's maps, as JSON.</summary>
    public static JsonElement From(object? value) => value is JsonElement json ? json : JsonSerializer.SerializeToElement(value);
}
