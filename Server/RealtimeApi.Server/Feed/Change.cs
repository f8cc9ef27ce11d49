using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Feed;

/// <summary>One committed insert, update or delete of one row, parsed once per node.</summary>
/// <remarks>Immutable. <see cref="Before"/> is null for an insert, <see cref="After"/> for a delete; neither for an update.</remarks>
internal sealed record Change
{
    /// <summary>Where the change stands in the log; its own cursor.</summary>
    public required LogPoint Point { get; init; }

    public required ResourceDefinition Resource { get; init; }

    public Item? Before { get; init; }

    public Item? After { get; init; }

    /// <summary>When the writer's statement ran, by the database's clock, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Bytes that the log row took, the measure of the window's size.</summary>
    public required int Size { get; init; }

    public Item Item => After ?? Before!;
}
