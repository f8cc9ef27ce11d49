using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>One write of one item.</summary>
internal sealed record WriteCommand
{
    public required ResourceDefinition Resource { get; init; }

    /// <summary>The item to find; null for a new one whose key the database makes.</summary>
    public ItemKey? Key { get; init; }

    /// <summary>Decides, inside the transaction, from the item as it is (null where there is none). What it throws ends the write.</summary>
    public required Func<Item?, ItemChange> Decide { get; init; }

    /// <summary>Makes the write happen once however often it is asked for; null where it need not.</summary>
    public WriteOnce? Once { get; init; }
}
