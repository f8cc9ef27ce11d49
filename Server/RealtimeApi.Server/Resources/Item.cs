namespace RealtimeApi.Server.Resources;

/// <summary>One row as the one projection gives it: the same for reads, snapshots and the images in the change log.</summary>
/// <remarks>Immutable. <see cref="Values"/> are in the order of <see cref="ResourceDefinition.Columns"/>.</remarks>
internal sealed class Item(ResourceDefinition resource, FieldValue[] values)
{
    private ItemKey? key;

    public ResourceDefinition Resource { get; } = resource;

    public FieldValue[] Values { get; } = values;

    public ItemKey Key => key ??= ItemKey.Of(Resource, Values);
}
