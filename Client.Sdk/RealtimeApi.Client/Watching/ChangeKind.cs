namespace RealtimeApi.Client;

/// <summary>What an <see cref="ItemChange{T}"/> means for the watch that gives it.</summary>
public enum ChangeKind
{
    /// <summary>The item has entered the view: it is new, or matches the filter from now on, or is one of the initial items. Apply it as put.</summary>
    Added,

    /// <summary>The item has changed within the view. Apply it as put.</summary>
    Modified,

    /// <summary>The item has left the view: it was deleted, or no longer matches the filter, or the caller may no longer see it. Apply it as delete if present.</summary>
    Removed,

    /// <summary>The initial items are complete; what follows are changes. Carries no item. Only with <see cref="WatchOptions.Initial"/>.</summary>
    Synced,

    /// <summary>Nothing has changed in the view up to <see cref="ItemChange{T}.Cursor"/>. Carries no item. Only with <see cref="WatchOptions.Bookmarks"/>.</summary>
    Bookmark,
}
