using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Notices commits of other connections, of any process, soon after they happen and without polling.</summary>
/// <remarks>
/// <para>
/// An event of the file system says that the database or its log was written to, which may be before the commit can be seen. So it starts a short
/// series of looks at <c>PRAGMA data_version</c>, which changes with each commit of another connection.
/// </para>
/// <para>
/// The version that the last wait ended with is kept, and each wait looks first: what was committed while nobody waited ends the next wait at
/// once. One caller waits at a time; a second one waits its turn.
/// </para>
/// </remarks>
internal sealed partial class SqliteWriteSignal(SqliteConnections connections, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Looks after one event: about a second, so that a commit is seen even where the disk takes long over it.</summary>
    private const int Looks = 16;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1);
    // Held over each use of the connection, which a disposal would otherwise give back to the pool in the middle of it.
    private readonly Lock gate = new();
    private readonly Channel<bool> events = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private FileSystemWatcher? watcher;
    private bool cannotWatch;
    private bool isDisposed;
    private SqliteConnection? connection;
    private SqliteCommand? look;
    private long seen;

    /// <summary>Completes when a commit has happened since the last wait completed; the first wait completes at once.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            while (!HasChanged(cancellationToken))
            {
                if (watcher is null)
                    await Task.Delay(LongestLook, time, cancellationToken);
                else
                    await events.Reader.ReadAsync(cancellationToken);
                var pause = FirstLook;
                for (var i = 0; i < Looks && watcher is not null; i++)
                {
                    if (HasChanged(cancellationToken))
                        return;
                    await Task.Delay(pause, time, cancellationToken);
                    if (events.Reader.TryRead(out _))
                        (i, pause) = (0, FirstLook);
                    else
                        pause = pause * 2 < LongestLook ? pause * 2 : LongestLook;
                }
            }
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            lock (gate)
                Close();
            throw translated;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the wait that is under way, if any, with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            watcher?.Dispose();
            Close();
        }

        Notify();
    }

    private bool HasChanged(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (connection is not null && SqliteFile.HasMoved(connection))
            {
                Close();
                connections.Clear();
            }

            var isNew = connection is null;
            if (connection is null)
            {
                connection = connections.Open();
                look = connection.Command("PRAGMA data_version");
                Watch(connection.DataSource);
            }

            var version = (long)look!.ExecuteScalar()!;
            if (version == seen && !isNew)
                return false;
            seen = version;
            return true;
        }
    }

    private void Watch(string file)
    {
        if (watcher is not null || cannotWatch)
            return;
        try
        {
            // The file itself is written by a checkpoint and, without a write-ahead log, by every commit; beside it lies its log or journal.
            watcher = new(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file) + "*")
            {
                NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => Notify();
            watcher.Created += (_, _) => Notify();
            watcher.Deleted += (_, _) => Notify();
            watcher.Renamed += (_, _) => Notify();
            watcher.Error += (_, _) => Notify();
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            watcher = null;
            cannotWatch = true;
            Log.CannotWatch(logger, file, LongestLook.TotalMilliseconds, e.Message);
        }
    }

    private void Notify() => events.Writer.TryWrite(true);

    private void Close()
    {
        look?.Dispose();
        look = null;
        connection?.Dispose();
        connection = null;
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "The file system gives no events for {File}, which is looked at every {Milliseconds} ms instead: {Reason}")]
        public static partial void CannotWatch(ILogger logger, string file, double milliseconds, string reason);
    }
}
