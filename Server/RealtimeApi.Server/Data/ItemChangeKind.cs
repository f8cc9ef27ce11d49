namespace RealtimeApi.Server.Data;

/// <summary>The kinds of <see cref="ItemChange"/>.</summary>
internal enum ItemChangeKind
{
    None,
    Insert,
    Update,
    Delete,
}
