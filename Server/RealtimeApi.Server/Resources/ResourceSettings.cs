using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

/// <summary>What a resource's settings are called in configuration, for messages.</summary>
internal static class ResourceSettings
{
    public static string PathOf(string entry) => $"{RealtimeApiOptions.SectionName}:{nameof(RealtimeApiOptions.Resources)}:{entry}";
}
