using System.Text.Json;

namespace RealtimeApi.Server.Resources;

/// <summary>One column of a resource: where it is in the database and what it is on the wire.</summary>
/// <remarks>Immutable; made by discovery and configuration together.</remarks>
internal sealed record ColumnDefinition
{
    /// <summary>The column's name in the database.</summary>
    public required string Column { get; init; }

    /// <summary>The field's name on the wire.</summary>
    public required string Name
    {
        get;
        init
        {
            field = value;
            JsonName = ItemWriter.Encode(value);
        }
    }

    /// <summary><see cref="Name"/> as the writer takes it, encoded once.</summary>
    public JsonEncodedText JsonName { get; private init; }

    /// <summary>Its place in <see cref="ResourceDefinition.Columns"/> and so in every item's values.</summary>
    public required int Ordinal { get; init; }

    public required FieldType Type { get; init; }

    /// <summary>The type as the database declares it, e.g. <c>NVARCHAR(160)</c>.</summary>
    public required string DeclaredType { get; init; }

    public bool Nullable { get; init; } = true;

    /// <summary>Never sent; present only where a key or a row rule needs it.</summary>
    public bool Hidden { get; init; }

    /// <summary>Set by the database: generated, identity, rowversion.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The longest text in characters, or binary in bytes.</summary>
    /// <value>Default: null, no limit known.</value>
    public int? MaxLength { get; init; }

    /// <summary>What the database puts where a new row is given no value, as its own text; only its Data folder reads it.</summary>
    /// <value>Default: null, nothing but NULL.</value>
    public string? Default { get; init; }

    /// <summary>Whether the database numbers new rows in this column by itself (SQLite's <c>INTEGER PRIMARY KEY</c>).</summary>
    public bool Numbered { get; init; }

    /// <summary>Whether a new row needs no value for it, though it must not be null.</summary>
    public bool HasDefault => Default is not null || Numbered;

    /// <summary>Whether its value may become another one without a change in the log, so that memory cannot vouch for it.</summary>
    public bool ChangesUnseen { get; init; }

    /// <summary>How text compares; null where it cannot be reproduced in memory, and filters are refused on watches.</summary>
    public TextRules? TextRules { get; init; }

    /// <summary>What the database's own projection must know of the column (affinity, date format, …); only its Data folder reads it.</summary>
    public object? Storage { get; init; }
}
