namespace RealtimeApi.Client;

/// <summary>Where a watch begins and what it tells. Immutable.</summary>
public sealed record WatchOptions
{
    /// <summary>The cursor to resume after: that of an <see cref="ItemChange{T}"/>, a page or an item.</summary>
    /// <value>Default: null, now. Not together with <see cref="Initial"/>.</value>
    public string? Since { get; init; }

    /// <summary>Whether the items that are there now come first, each as <see cref="ChangeKind.Added"/>, followed by one <see cref="ChangeKind.Synced"/>.</summary>
    /// <remarks>
    /// They are read page by page as the caller takes them, so that a view of any size needs the memory of one page. The changes that follow are those since the
    /// first page was read. Of an item on a later page, and on SQL Server of one that was changed while an older transaction was open, they may repeat what it
    /// already showed, and pass briefly through older states of it; applied as put and delete they lead to the current state.
    /// </remarks>
    /// <value>Default: false.</value>
    public bool Initial { get; init; }

    /// <summary>Whether to be told how far the watch has come while nothing changes in its view, and, without <see cref="Initial"/>, where it begins.</summary>
    /// <remarks>For those who store cursors: that of a watch which is quiet for longer than the change log is kept would expire.</remarks>
    /// <value>Default: false.</value>
    public bool Bookmarks { get; init; }

    /// <summary>The number of changes that may wait for the caller. When more come, the watch stops (by server-sent events after 5 seconds of leaving the stream unread) and later resumes from where the buffer ends; nothing is lost, and other watches are not held up.</summary>
    /// <value>Default: 4,096. At least 1.</value>
    public int BufferSize { get; init; } = 4096;

    /// <summary>The number of items in a page while the initial items are read.</summary>
    /// <value>Default: null, which is the server's (100).</value>
    public int? PageSize { get; init; }

    internal static WatchOptions Default { get; } = new();

    internal void Validate()
    {
        if (Since is not null && Initial)
            throw new ArgumentException($"A watch either resumes after a cursor ({nameof(Since)}) or begins with the current items ({nameof(Initial)}), not both.", "options");
        if (BufferSize < 1)
            throw new ArgumentOutOfRangeException("options", BufferSize, $"{nameof(BufferSize)} is at least 1.");
    }
}
