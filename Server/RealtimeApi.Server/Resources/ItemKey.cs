namespace RealtimeApi.Server.Resources;

/// <summary>An item's identity: the key's values, and the text that stands for them on the wire.</summary>
/// <remarks>
/// Immutable. Two keys are equal when the database says so: <see cref="Identity"/> is normalised under the columns' types and collations.
/// </remarks>
internal sealed class ItemKey : IEquatable<ItemKey>
{
    private ItemKey(IReadOnlyList<FieldValue> values, string text, string identity)
    {
        Values = values;
        Text = text;
        Identity = identity;
    }

    public IReadOnlyList<FieldValue> Values { get; }

    /// <summary>The key on the wire: the parts, each percent-encoded where there are several, joined with commas.</summary>
    public string Text { get; }

    /// <summary>What equal keys share; never sent.</summary>
    public string Identity { get; }

    public static ItemKey Of(ResourceDefinition resource, FieldValue[] values) => throw new NotImplementedException();

    /// <summary>The key that a path segment (still percent-encoded) names, or null when it cannot be a key of the resource.</summary>
    public static ItemKey? ParsePath(ResourceDefinition resource, string segment) => throw new NotImplementedException();

    /// <summary>The key that the text of an event's <c>subject</c> or a watch's <c>key</c> names, or null when it cannot be a key of the resource.</summary>
    public static ItemKey? Parse(ResourceDefinition resource, string text) => throw new NotImplementedException();

    public bool Equals(ItemKey? other) => other is not null && Identity == other.Identity;

    public override bool Equals(object? obj) => Equals(obj as ItemKey);

    public override int GetHashCode() => Identity.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
