using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.Schemas;

/// <summary>What the documents call the parts of a resource.</summary>
/// <remarks>
/// Components are <c>orders.item</c>, <c>orders.event</c>, …: no resource has a dot in its name, so that none collides with another or with what all share.
/// A name is the resource's own wherever it is ASCII, so that generated code keeps its names when tables come and go.
/// </remarks>
/// <param name="Resource">The resource.</param>
/// <param name="Component">The first part of its components' names.</param>
internal sealed record ResourceNames(ResourceDefinition Resource, string Component)
{
    public string Item => Component + ".item";

    public string Page => Component + ".page";

    public string Event => Component + ".event";

    public string Message => Component + ".message";

    public string Changes => Component + ".changes";

    public string Write => Component + ".write";

    public string Create => Component + ".create";

    public string Patch => Component + ".patch";

    /// <summary>The end of its operations' ids: <c>Orders</c> of <c>listOrders</c>.</summary>
    public string Operation => char.ToUpperInvariant(Component[0]) + Component[1..];

    /// <summary>The path of its items, percent-encoded.</summary>
    public string Path => $"{Requests.Routes.Api}/{Uri.EscapeDataString(Resource.Name)}";

    /// <summary>
    /// The path of one item: a parameter for each part of the key, so that a client encodes each on its own and the commas between them stay what they are.
    /// </summary>
    public string ItemPath => $"{Path}/{string.Join(',', KeyParameters.Select(name => $"{{{name}}}"))}";

    /// <summary>What the parts of the key are called in <see cref="ItemPath"/>: as their fields, where those names are ASCII.</summary>
    public IReadOnlyList<string> KeyParameters { get; } = NameKey(Resource);

    /// <summary>The names of all resources of a catalog, in its order.</summary>
    public static IReadOnlyList<ResourceNames> Of(ResourceCatalog catalog)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. catalog.Resources.Select(resource => new ResourceNames(resource, Take(taken, ToAscii(resource.Name))))];
    }

    /// <summary>A name that is not taken, and takes it.</summary>
    public static string Take(HashSet<string> taken, string wanted)
    {
        var free = wanted;
        for (var n = 2; !taken.Add(free); n++)
            free = wanted + n;
        return free;
    }

    private static List<string> NameKey(ResourceDefinition resource)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. resource.Key.Select(column => Take(taken, column.Name.All(char.IsAscii) ? column.Name : "key"))];
    }

    /// <summary>Names of components and operations are ASCII; any other letter is written as its code.</summary>
    private static string ToAscii(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
                text.Append(c);
            else
                text.Append('u').Append(((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
