namespace RealtimeApi.Client;

/// <summary>How new an answer must be to show the writes of this client.</summary>
/// <remarks>
/// Thread-safe; a lock guards all. Cursors cannot be compared, so the newest is told by time: a write that began after the answer to another was here is the newer one. Where
/// writes overlapped, and none has come after them, a read asks the database instead of naming a cursor.
/// </remarks>
internal sealed class OwnWrites
{
    private readonly object gate = new();
    private string? newest;
    private bool isAmbiguous;
    private long answers;
    private long newestAnswer;

    /// <summary>What the next read must ask for.</summary>
    public ReadMark Mark
    {
        get
        {
            lock (gate)
                return new(newest, isAmbiguous);
        }
    }

    /// <summary>A write begins.</summary>
    /// <returns>What <see cref="End"/> takes.</returns>
    public long Begin()
    {
        lock (gate)
            return answers;
    }

    /// <summary>The answer to a write is here.</summary>
    public void End(long begun, string? cursor)
    {
        if (cursor is null)
            return; // No memory stands before a resource that is not watched.
        lock (gate)
        {
            isAmbiguous = newest is not null && newestAnswer > begun;
            newest = cursor;
            newestAnswer = ++answers;
        }
    }

    /// <summary>The log no longer knows the cursor: what it stood for is in every answer by now.</summary>
    public void Forget(string cursor)
    {
        lock (gate)
        {
            if (newest == cursor)
                (newest, isAmbiguous) = (null, false);
        }
    }
}

/// <summary>What a read asks for, so that its answer is new enough.</summary>
/// <param name="Cursor">The answer is at least this new; null for any.</param>
/// <param name="FromDatabase">The answer comes from the database and no cache.</param>
internal readonly record struct ReadMark(string? Cursor, bool FromDatabase = false);
