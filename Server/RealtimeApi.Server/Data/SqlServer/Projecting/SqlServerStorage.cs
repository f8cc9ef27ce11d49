using System.Data;
using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>How SQL Server stores a column; <see cref="ColumnDefinition.Storage"/> of every SQL Server column. An alias type is resolved to its base.</summary>
/// <param name="Type">
/// The type. <see cref="SqlDbType.Timestamp"/> is rowversion; <see cref="SqlDbType.Xml"/> stands for every text that has no comparison of its own (xml, json).
/// </param>
internal sealed record SqlServerStorage(SqlDbType Type)
{
    /// <summary>The most characters of a text (bytes of a <c>char</c> or <c>varchar</c>), or bytes of binary data.</summary>
    /// <value>Default: -1, no limit but the type's.</value>
    public int Size { get; init; } = -1;

    /// <summary>The digits of an exact number.</summary>
    public byte Precision { get; init; }

    /// <summary>The digits after the point of an exact number, or of a fraction of a second.</summary>
    public byte Scale { get; init; }

    /// <summary>The collation of a text; null for everything else.</summary>
    public string? Collation { get; init; }

    /// <summary>The code page of a <c>char</c> or <c>varchar</c> (65001 is UTF-8); 0 for everything else.</summary>
    public int CodePage { get; init; }

    /// <summary>Whether the table is memory-optimised, which takes neither hints for locks nor a snapshot of the session's.</summary>
    public bool InMemory { get; init; }

    /// <summary>The type of parameters for the column where it is not its own; with three digits of a second.</summary>
    public SqlDbType? SentAs { get; init; }

    /// <summary>Whether texts are kept in the code page, and not in UTF-16.</summary>
    public bool IsCoded => Type is SqlDbType.Char or SqlDbType.VarChar;

    /// <summary>Whether a text is kept in UTF-16.</summary>
    public bool IsWide => Type is SqlDbType.NChar or SqlDbType.NVarChar;

    /// <summary>The type as SQL names it, e.g. <c>decimal(10,2)</c>.</summary>
    public string TypeName => Type switch
    {
        SqlDbType.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})"),
        SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset => string.Create(CultureInfo.InvariantCulture, $"{Name}({Scale})"),
        SqlDbType.Char or SqlDbType.VarChar or SqlDbType.NChar or SqlDbType.NVarChar or SqlDbType.Binary or SqlDbType.VarBinary =>
            Size < 0 ? $"{Name}(max)" : string.Create(CultureInfo.InvariantCulture, $"{Name}({Size})"),
        SqlDbType.Timestamp => "rowversion",
        _ => Name,
    };

    private string Name => Type.ToString().ToLowerInvariant();

    public static SqlServerStorage Of(ColumnDefinition column) => (SqlServerStorage)column.Storage!;
}
