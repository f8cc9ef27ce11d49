using System.Globalization;

namespace RealtimeApi.Client;

/// <summary>The identity of an item: one value, or several for a composite key.</summary>
/// <remarks>
/// Strings, integers and GUIDs convert to it, so that <c>orders.GetAsync(42)</c> works. A string means the text that events carry as
/// <see cref="ItemChange{T}.Key"/>; the parts of a composite key are joined in it, which <see cref="Of"/> does. PROTOCOL, section Terms.
/// </remarks>
public readonly struct ItemKey : IEquatable<ItemKey>
{
    private readonly string? text;

    private ItemKey(string text) => this.text = text;

    /// <summary>The key as text, as <see cref="ItemChange{T}.Key"/> has it.</summary>
    public string Text => text ?? "";

    /// <summary>The key whose parts these values are, in the order of the resource's key fields.</summary>
    /// <param name="parts">One value for each field: a string, number, boolean, GUID, date or time, byte array.</param>
    /// <exception cref="ArgumentException">There is no part, or one is null or of a type that cannot be part of a key.</exception>
    public static ItemKey Of(params object[] parts)
    {
        if (parts is null || parts.Length == 0)
            throw new ArgumentException("A key has at least one part.", nameof(parts));
        return new(Join([.. parts.Select(Format)]));
    }

    /// <summary>The key of an item, the text being that of the fields' JSON values.</summary>
    internal static string TextOf(System.Text.Json.JsonElement item, IReadOnlyList<string> fields) =>
        Join([.. fields.Select(f => item.TryGetProperty(f, out var value)
            ? TextOf(value)
            : throw Problems.Invalid($"An item came without its key field '{f}'."))]);

    /// <summary>The key as a path segment. Each part of a composite key's text is encoded already.</summary>
    internal string ToPathSegment(bool isComposite) => isComposite ? Text : Uri.EscapeDataString(Text);

    /// <summary>Whether the text alone does not say how it is encoded in a path: it could be one value or the joined parts of several.</summary>
    internal bool MayBeComposite => Text.Contains(',');

    private static string TextOf(System.Text.Json.JsonElement value) =>
        value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Whether a path that ends in this key would name something else: the resource itself, its watches, or a parent folder.</summary>
    internal bool IsReservedInPaths =>
        Text is "" or "." or ".." || string.Equals(Text, "events", StringComparison.OrdinalIgnoreCase) || string.Equals(Text, "changes", StringComparison.OrdinalIgnoreCase);

    private static string Join(string[] parts) => parts.Length == 1 ? parts[0] : string.Join(",", parts.Select(Uri.EscapeDataString));

    private static string Format(object part) => part switch
    {
        string s => s,
        bool b => b ? "true" : "false",
        Guid g => g.ToString("D"),
        byte[] bytes => Convert.ToBase64String(bytes),
        DateTime d => d.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        DateTimeOffset d => d.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
#if NET
        DateOnly or TimeOnly => ((IFormattable)part).ToString("O", CultureInfo.InvariantCulture),
        System.Int128 or System.UInt128 => part.ToString()!,
#endif
        sbyte or byte or short or ushort or int or uint or long or ulong or decimal => ((IFormattable)part).ToString(null, CultureInfo.InvariantCulture),
        float or double => ((IFormattable)part).ToString("R", CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A {part?.GetType().Name ?? "null"} cannot be part of a key.", nameof(part)),
    };

    /// <summary>The key with this text.</summary>
    public static implicit operator ItemKey(string text) => new(text ?? throw new ArgumentNullException(nameof(text)));

    /// <summary>The key with this value.</summary>
    public static implicit operator ItemKey(int value) => Of(value);

    /// <summary>The key with this value.</summary>
    public static implicit operator ItemKey(long value) => Of(value);

    /// <summary>The key with this value.</summary>
    public static implicit operator ItemKey(Guid value) => Of(value);

    /// <summary>Whether two keys have the same text.</summary>
    public static bool operator ==(ItemKey left, ItemKey right) => left.Equals(right);

    /// <summary>Whether two keys have different texts.</summary>
    public static bool operator !=(ItemKey left, ItemKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ItemKey other) => Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ItemKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
