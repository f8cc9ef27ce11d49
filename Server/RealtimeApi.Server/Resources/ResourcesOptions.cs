namespace RealtimeApi.Server.Resources;

/// <summary>The resources by name. In configuration the text <c>"*"</c> instead of a section sets <see cref="All"/>.</summary>
public sealed class ResourcesOptions : Dictionary<string, ResourceOptions>
{
    /// <summary>Makes an empty set of resources.</summary>
    public ResourcesOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Every table with a primary key becomes a watchable, read-only resource, every view a readable one; entries named here refine them.</summary>
    /// <value>Default: false.</value>
    public bool All { get; set; }
}
