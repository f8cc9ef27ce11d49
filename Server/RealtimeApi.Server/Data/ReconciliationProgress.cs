namespace RealtimeApi.Server.Data;

/// <summary>How far the reconciliation of a resource is.</summary>
/// <param name="Rows">Rows of the table that have been compared.</param>
/// <param name="Total">About how many there are; null where that is not known.</param>
/// <param name="Created">Changes written for rows that the log did not know.</param>
/// <param name="Updated">Changes written for rows that the log knew otherwise.</param>
/// <param name="Deleted">Changes written for rows that the log believed to be there.</param>
public readonly record struct ReconciliationProgress(long Rows, long? Total, long Created, long Updated, long Deleted)
{
    /// <summary>What was not possible, and what is done instead, in words for the person who runs it; null where all was repaired.</summary>
    public string? Note { get; init; }
}
