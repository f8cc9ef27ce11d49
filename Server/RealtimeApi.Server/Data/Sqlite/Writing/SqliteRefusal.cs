namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Why a write was refused.</summary>
/// <param name="Detail">For the client.</param>
/// <param name="IsClear">Whether that is all there is to know; otherwise the log says more.</param>
internal sealed record SqliteRefusal(string Detail, bool IsClear)
{
    /// <summary>The fields at fault; empty where that is not known.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>What is said of each of them.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The reason by field; null where no field is known to be at fault.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors =>
        Fields.Count == 0 ? null : Fields.ToDictionary(name => name, IReadOnlyList<string> (_) => [Reason], StringComparer.Ordinal);

    /// <summary>Names as a sentence has them: <c>'a' and 'b'</c>.</summary>
    public static string Join(IEnumerable<string> names) => string.Join(" and ", names.Select(static name => $"'{name}'"));
}
