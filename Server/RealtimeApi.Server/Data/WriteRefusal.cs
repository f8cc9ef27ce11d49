using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Data;

/// <summary>Why a database refused a write, in the client's words: by names of fields, never by values of rows. The same words whatever the database. Immutable.</summary>
/// <param name="Detail">For the client.</param>
/// <param name="IsClear">Whether that is all there is to know; otherwise the log says more.</param>
internal sealed record WriteRefusal(string Detail, bool IsClear)
{
    /// <summary>What the database derives from the values cannot be had.</summary>
    public static readonly WriteRefusal NotComputed =
        new("The database cannot compute what it derives from these values (a computed column, an index, a check or a trigger).", IsClear: false);

    /// <summary>A constraint of which nothing more is known.</summary>
    public static readonly WriteRefusal OfConstraint = new("The values do not satisfy a constraint of the database.", IsClear: false);

    private static readonly WriteRefusal Referred = new("Other rows refer to this item.", IsClear: true);

    private static readonly WriteRefusal OfReference = new("A field refers to something that does not exist, or other rows refer to what would change.", IsClear: true);

    private IReadOnlyList<string> Fields { get; init; } = [];

    private string Reason { get; init; } = "";

    /// <summary>The reason by field; null where no field is known to be at fault.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors =>
        Fields.Count == 0 ? null : Fields.ToDictionary(static name => name, IReadOnlyList<string> (_) => [Reason], StringComparer.Ordinal);

    /// <summary>Another row has the same values.</summary>
    /// <param name="fields">Of these fields; null where one of them is none of the resource's.</param>
    public static WriteRefusal Taken(IReadOnlyList<string>? fields) => fields is null
        ? new("Another row has the same value, or combination of values, where the database keeps them unique.", IsClear: true)
        : new($"Another item has the same {Join(fields)}, which must be unique.", IsClear: true) { Fields = fields, Reason = $"Another item has the same {Join(fields)}." };

    /// <summary>A value is missing.</summary>
    /// <param name="fields">Of these fields; null where one of them is none of the resource's.</param>
    public static WriteRefusal Missing(IReadOnlyList<string>? fields) => fields is null
        ? new("The database demands a value in a column that the resource does not have.", IsClear: false)
        : new($"The database demands a value of {Join(fields)}.", IsClear: true) { Fields = fields, Reason = "The database demands a value." };

    /// <summary>A reference between rows does not hold.</summary>
    /// <param name="kind">What was to be done.</param>
    /// <param name="broken">The fields that refer to nothing; empty where that is not known, or it is other rows that refer to this one.</param>
    public static WriteRefusal Reference(ItemChangeKind kind, IReadOnlyList<string> broken) => broken.Count == 0
        ? kind == ItemChangeKind.Delete ? Referred : OfReference
        : new($"{Join(broken)} {(broken.Count == 1 ? "refers" : "refer")} to something that does not exist.", IsClear: true) { Fields = broken, Reason = "It refers to something that does not exist." };

    /// <summary>A check does not hold.</summary>
    /// <param name="name">The name that its author gave it; null where it has none, since one that the database makes may tell what is hidden.</param>
    public static WriteRefusal Check(string? name) => name is null
        ? new("The values do not satisfy a check of the database.", IsClear: false)
        : new($"The values do not satisfy the database's check '{name}'.", IsClear: true);

    /// <summary>A trigger refuses, in the words of the database's author, who wrote them for whoever writes.</summary>
    public static WriteRefusal Said(string text) => new($"The database refuses the write: {text}", IsClear: true);

    /// <summary>A value is too large.</summary>
    /// <param name="isClear">Whether that says which limit it is.</param>
    public static WriteRefusal TooLarge(bool isClear) => new("A value is larger than the database takes.", isClear);

    /// <summary>A row that has just been written cannot be found.</summary>
    public static ProblemException NotThere() => Undone("a trigger of the database removes the item, or changes its key, as soon as it is written");

    /// <summary>The statement ended well, and no row was written.</summary>
    /// <param name="by">What of the database can do that.</param>
    public static ProblemException PassedOver(string by) => Undone($"{by} of the database passes over it");

    /// <summary>Several rows were written.</summary>
    public static ProblemException Ambiguous() => Undone("more than one row of the table has this key");

    public ProblemException ToProblem() => new(ProblemCodes.Conflict, Detail) { Errors = Errors };

    private static ProblemException Undone(string reason) => new(ProblemCodes.Conflict, $"Nothing was written: {reason}.");

    private static string Join(IEnumerable<string> names) => string.Join(" and ", names.Select(static name => $"'{name}'"));
}
