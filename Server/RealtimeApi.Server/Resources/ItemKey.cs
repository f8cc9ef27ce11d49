namespace RealtimeApi.Server.Resources;

/// <summary>An item's identity: the key's values, and the text that stands for them on the wire.</summary>
/// <remarks>
/// <para>Immutable. Two keys are equal when the database says so: <see cref="Identity"/> is normalised under the columns' types and collations.</para>
/// <para>A part is written as its value is in JSON. Where a database holds a key against its column's type, so that this would name another
/// value, it is written as a literal: <c>'5'</c> is the text 5 in a column of numbers, <c>x'05'</c> a blob, <c>n'5'</c> a number. Every
/// item's key so parses back to itself.</para>
/// </remarks>
internal sealed class ItemKey : IEquatable<ItemKey>
{
    private ItemKey(IReadOnlyList<FieldValue> values, string text, string identity)
    {
        Values = values;
        Text = text;
        Identity = identity;
    }

    /// <summary>The values of the key's columns, in the order of <see cref="ResourceDefinition.Key"/>; one may be a misfit.</summary>
    public IReadOnlyList<FieldValue> Values { get; }

    /// <summary>The key on the wire: the parts, each percent-encoded where there are several, joined with commas.</summary>
    public string Text { get; }

    /// <summary>What equal keys share; never sent.</summary>
    public string Identity { get; }

    /// <summary>Whether the values have a key: a row whose key holds NULL (SQLite allows it) is no item.</summary>
    public static bool IsComplete(ResourceDefinition resource, FieldValue[] values)
    {
        foreach (var column in resource.Key)
            if (values[column.Ordinal].IsNull)
                return false;
        return true;
    }

    public static ItemKey Of(ResourceDefinition resource, FieldValue[] values) =>
        Make(resource, [.. resource.Key.Select(column => values[column.Ordinal])]);

    /// <summary>The key that a path segment (still percent-encoded) names, or null when it cannot be a key of the resource.</summary>
    public static ItemKey? ParsePath(ResourceDefinition resource, string segment) => Parse(resource, TextOfPath(resource, segment));

    /// <summary>The text, as <see cref="Parse"/> takes it, of a path segment that is still percent-encoded.</summary>
    public static string TextOfPath(ResourceDefinition resource, string segment) => resource.Key.Count == 1 ? Uri.UnescapeDataString(segment) : segment;

    /// <summary>The key that the text of an event's <c>subject</c> or a watch's <c>key</c> names, or null when it cannot be a key of the resource.</summary>
    public static ItemKey? Parse(ResourceDefinition resource, string text)
    {
        if (resource.Key.Count == 1)
            return Make(resource, [KeyPart.Parse(resource.Key[0], text)]);
        var parts = text.Split(',');
        if (parts.Length != resource.Key.Count)
            return null;
        var values = new FieldValue[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            values[i] = KeyPart.Parse(resource.Key[i], Uri.UnescapeDataString(parts[i]));
        return Make(resource, values);
    }

    public bool Equals(ItemKey? other) => other is not null && Identity == other.Identity;

    public override bool Equals(object? obj) => Equals(obj as ItemKey);

    public override int GetHashCode() => Identity.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static ItemKey Make(ResourceDefinition resource, FieldValue[] values)
    {
        var key = resource.Key;
        if (key.Count == 1)
            return new(values, KeyPart.Format(key[0], values[0]), FieldIdentity.Of(key[0], values[0]));
        // A length before each part, since an identity may hold any character.
        var identities = key.Select((column, i) => FieldIdentity.Of(column, values[i])).Select(part => $"{part.Length}:{part}");
        var parts = key.Select((column, i) => Uri.EscapeDataString(KeyPart.Format(column, values[i])));
        return new(values, string.Join(',', parts), string.Concat(identities));
    }
}
