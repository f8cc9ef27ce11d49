using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Measures how long an open transaction has held the high-water mark, and names its session when it takes long. Nothing is ever skipped over.</summary>
/// <remarks>Thread-safe; a lock guards the fields.</remarks>
internal sealed partial class SqlServerHoldUp(SqlServerConnections connections, TimeProvider time, ILogger logger)
{
    /// <summary>From when on memory is not taken for current.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstWarning = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long reached;
    private long since;
    private TimeSpan nextWarning = FirstWarning;

    /// <summary>How long the mark has now been held; zero when it moves.</summary>
    public TimeSpan Held
    {
        get
        {
            lock (gate)
                return reached == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);
        }
    }

    /// <summary>Takes note of a look at the mark.</summary>
    /// <param name="connection">To ask for the session.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="top">The newest position that was given out, committed or not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether what was given out a second ago is still not below the mark.</returns>
    public async ValueTask<bool> ObserveAsync(SqlConnection connection, long mark, long top, CancellationToken cancellationToken)
    {
        TimeSpan held;
        lock (gate)
        {
            // A top that falls is that of a database that was restored: what was waited for will never come.
            if (reached != 0 && (mark > reached || top < reached))
            {
                if (nextWarning > FirstWarning)
                    Log.Released(logger, time.GetElapsedTime(since).TotalSeconds);
                (reached, nextWarning) = (0, FirstWarning);
            }

            if (reached == 0 && top >= mark)
                (reached, since) = (top, time.GetTimestamp());
            if (reached == 0)
                return false;
            held = time.GetElapsedTime(since);
            if (held < nextWarning)
                return held >= Noticeable;
            // Each time twice as late: a transaction that stays open for hours does not fill the log.
            nextWarning *= 2;
        }

        Log.Held(logger, held.TotalSeconds, await FindSessionAsync(connection, cancellationToken));
        return true;
    }

    private async ValueTask<string> FindSessionAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        try
        {
            return await connection.ScalarAsync<string>(null, engine.OpenTransactions, cancellationToken) is { } session
                ? $"The oldest is that of session {session}."
                : "It has not written to this database any more.";
        }
        catch (SqlException e) when (SqlServerErrors.Judge(e) is SqlServerFault.Refused or SqlServerFault.Changed)
        {
            return "Which session it is can be said only with the right VIEW SERVER STATE (on Azure SQL: VIEW DATABASE STATE).";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "Changes that were committed in the last {Seconds:F0} s cannot be sent yet: a transaction that has written is still open. {Session}")]
        public static partial void Held(ILogger logger, double seconds, string session);

        [LoggerMessage(21, LogLevel.Information, "Changes are sent again; an open transaction had held them for {Seconds:F0} s.")]
        public static partial void Released(ILogger logger, double seconds);
    }
}
