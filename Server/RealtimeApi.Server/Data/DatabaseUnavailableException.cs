namespace RealtimeApi.Server.Data;

/// <summary>The database does not answer now (locked, gone, unreachable); the same call may succeed later.</summary>
/// <remarks>The message is for the server's log: it names files and repeats the database's own words, and no client may see it.</remarks>
internal sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether nothing is wrong but that another program's transaction is in the way: it ends by itself.</summary>
    /// <value>Default: false.</value>
    public bool IsLocked { get; init; }
}
