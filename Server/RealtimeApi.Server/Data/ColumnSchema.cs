using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>A column as discovered; see <see cref="ColumnDefinition"/> for the meaning of each.</summary>
internal sealed record ColumnSchema
{
    public required string Name { get; init; }

    public required FieldType Type { get; init; }

    public required string DeclaredType { get; init; }

    public bool Nullable { get; init; } = true;

    public bool ReadOnly { get; init; }

    public int? MaxLength { get; init; }

    /// <inheritdoc cref="ColumnDefinition.Default"/>
    public string? Default { get; init; }

    /// <inheritdoc cref="ColumnDefinition.Numbered"/>
    public bool Numbered { get; init; }

    /// <inheritdoc cref="ColumnDefinition.ChangesUnseen"/>
    public bool ChangesUnseen { get; init; }

    public TextRules? TextRules { get; init; }

    /// <inheritdoc cref="ColumnDefinition.Storage"/>
    public object? Storage { get; init; }
}
