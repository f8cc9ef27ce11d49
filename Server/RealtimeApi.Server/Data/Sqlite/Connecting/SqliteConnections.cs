using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Opens connections to one database file. The only place that decides how.</summary>
/// <remarks>
/// Thread-safe. A connection comes from Microsoft.Data.Sqlite's pool and goes back when it is disposed. Nothing that changes the meaning of the
/// database is set: foreign keys, recursive triggers and the journal mode stay as its programs have them.
/// </remarks>
internal sealed class SqliteConnections
{
    private readonly string connectionString;

    /// <param name="connectionString">
    /// As Microsoft.Data.Sqlite takes it. A missing file is never created: the mode <c>ReadWriteCreate</c>, its default, becomes <c>ReadWrite</c>.
    /// </param>
    public SqliteConnections(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString);
        if (builder.Mode == SqliteOpenMode.ReadWriteCreate)
            builder.Mode = SqliteOpenMode.ReadWrite;
        // The library repeats a busy statement, each time with SQLite's own wait, until this many seconds have passed; the wait is SQLite's alone.
        builder.DefaultTimeout = 1;
        DataSource = builder.DataSource;
        this.connectionString = builder.ToString();
    }

    /// <summary>How long a statement waits for another writer before the database counts as unavailable.</summary>
    /// <value>Default: 5 seconds.</value>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The path of the file as the connection string names it.</summary>
    public string DataSource { get; }

    /// <summary>The whole path of the file, for people.</summary>
    public string File => Path.GetFullPath(DataSource);

    /// <inheritdoc cref="Open"/>
    public ValueTask<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Open());
    }

    /// <summary>An open connection, to be disposed soon: no transaction may outlive the call that began it.</summary>
    /// <exception cref="DatabaseUnavailableException">The file is missing, locked or cannot be opened.</exception>
    public SqliteConnection Open()
    {
        var connection = OpenAny();
        if (SqliteFile.HasMoved(connection))
        {
            // Another file has taken the name, so nothing that is open is the database any more.
            Clear();
            connection.Dispose();
            connection = OpenAny();
        }

        return connection;
    }

    /// <summary>Closes the pooled connections, so that the file can be moved or deleted.</summary>
    public void Clear()
    {
        using var connection = new SqliteConnection(connectionString);
        lock (PooledSqliteConnection.Turn)
            SqliteConnection.ClearPool(connection);
    }

    /// <summary>Lets the connection's statements wait for other writers as long as <see cref="BusyTimeout"/> says.</summary>
    /// <remarks>A call into the library, not a statement: it costs nothing worth a measurement.</remarks>
    public void SetBusyTimeout(SqliteConnection connection) => raw.sqlite3_busy_timeout(connection.Handle, (int)BusyTimeout.TotalMilliseconds);

    private PooledSqliteConnection OpenAny()
    {
        var connection = new PooledSqliteConnection(connectionString);
        try
        {
            connection.Open();
            SetBusyTimeout(connection);
            return connection;
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, File) is { } translated)
        {
            connection.Dispose();
            throw translated;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
