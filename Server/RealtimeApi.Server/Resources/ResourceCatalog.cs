using System.Collections.Frozen;

namespace RealtimeApi.Server.Resources;

/// <summary>All resources at one moment. Immutable and swapped whole when the schema changes.</summary>
internal sealed class ResourceCatalog
{
    private readonly FrozenDictionary<string, ResourceDefinition> byName;

    public ResourceCatalog(IEnumerable<ResourceDefinition> resources)
    {
        Resources = [.. resources.OrderBy(r => r.Name, StringComparer.Ordinal)];
        byName = Resources.ToFrozenDictionary(r => r.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The resources, by name.</summary>
    public IReadOnlyList<ResourceDefinition> Resources { get; }

    /// <summary>The resource of this name, or null; case does not matter.</summary>
    public ResourceDefinition? Find(string name) => byName.GetValueOrDefault(name);
}
