namespace RealtimeApi.Server.Watching;

/// <summary>What a change of a row means for a view of rows.</summary>
internal enum ViewChange
{
    Added,
    Modified,
    Removed,
}
