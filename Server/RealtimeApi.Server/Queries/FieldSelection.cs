using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>The fields that an answer carries: those of <c>$select</c> and the key, in the resource's order.</summary>
/// <remarks>Immutable; two selections of the same fields are equal and share a scope.</remarks>
internal sealed class FieldSelection : IEquatable<FieldSelection>
{
    private readonly string text;

    private FieldSelection(ResourceDefinition resource, IReadOnlyList<ColumnDefinition> columns)
    {
        Columns = columns;
        IsAll = columns.Count == resource.Columns.Count(c => !c.Hidden);
        text = IsAll ? "*" : string.Join(',', columns.Select(c => c.Name));
    }

    public IReadOnlyList<ColumnDefinition> Columns { get; }

    public bool IsAll { get; }

    public static FieldSelection All(ResourceDefinition resource) => new(resource, [.. resource.Columns.Where(c => !c.Hidden)]);

    public static FieldSelection Of(ResourceDefinition resource, IEnumerable<ColumnDefinition> chosen)
    {
        var ordinals = chosen.Concat(resource.Key).Select(c => c.Ordinal).ToHashSet();
        return new(resource, [.. resource.Columns.Where(c => !c.Hidden && ordinals.Contains(c.Ordinal))]);
    }

    public bool Equals(FieldSelection? other) => other is not null && text == other.text;

    public override bool Equals(object? obj) => Equals(obj as FieldSelection);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical form: <c>*</c> or the names.</summary>
    public override string ToString() => text;
}
