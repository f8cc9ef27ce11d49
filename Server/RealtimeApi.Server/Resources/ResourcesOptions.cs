namespace RealtimeApi.Server.Resources;

/// <summary>The resources by name; the name <c>*</c> stands for every table that no other entry names.</summary>
/// <remarks>
/// In configuration <c>"Resources": "*"</c> is short for the entry <c>"*": {}</c>. Its options are the defaults of all resources; it has
/// <see cref="ResourceOptions.Watch"/>, <see cref="ResourceOptions.Write"/>, <see cref="ResourceOptions.Messages"/>, <see cref="ResourceOptions.Presence"/>, <see cref="ResourceOptions.DefaultTop"/> and <see cref="ResourceOptions.MaxTop"/> only.
/// </remarks>
public sealed class ResourcesOptions : Dictionary<string, ResourceOptions>
{
    /// <summary>The name of the entry that stands for all tables.</summary>
    public const string Wildcard = "*";

    /// <summary>Makes an empty set of resources.</summary>
    public ResourcesOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>
    /// Whether there is an entry <c>*</c>: every table with a primary key becomes a watchable, read-only resource, every view whose key is
    /// certain a readable one; entries named here refine them.
    /// </summary>
    /// <value>Default: false.</value>
    public bool All
    {
        get => ContainsKey(Wildcard);
        set
        {
            if (!value)
                Remove(Wildcard);
            else if (!ContainsKey(Wildcard))
                this[Wildcard] = new();
        }
    }
}
