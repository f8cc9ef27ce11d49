using System.Globalization;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>
/// The high-water mark: no transaction that commits later writes a row of the log below it. Everything that reads the log's end takes it first, and the rows below it in a
/// later statement, which sees all of them.
/// </summary>
/// <remarks>
/// <para>SQL Server knows the mark: <c>MIN_ACTIVE_ROWVERSION()</c>. One round trip, nothing to remember.</para>
/// <para>
/// On Babelfish a position is drawn from a sequence before the commit, and all that is known of open transactions is the least of their numbers. So two numbers are noted:
/// the newest position that can be seen, and then a transaction's number that is given out at that moment. Every transaction with a later number draws positions after
/// that one, because a writer has its number before it draws. Once all transactions with earlier numbers have ended, every position up to the noted one is settled. The notes
/// are this process's; another's mark may be a little before or behind, and both are right. (Our own writes into the log write another table first, so that
/// they have their number, too.)
/// </para>
/// <para>Thread-safe: a lock guards the notes.</para>
/// </remarks>
internal sealed class SqlServerHighWater(SqlServerConnections connections)
{
    /// <summary>On SQL Server: the mark itself.</summary>
    internal const string Declare = "DECLARE @mark bigint = CONVERT(bigint, MIN_ACTIVE_ROWVERSION());";

    /// <summary>On Babelfish: the two numbers of a note, and the least number of an open transaction.</summary>
    // Each SELECT is a transaction of its own: the number that is given out here is not among the open ones of the last line.
    internal const string Note = """
        DECLARE @position bigint, @transaction bigint, @open bigint;
        IF OBJECT_ID(N'[realtime].[ChangeLog]', N'U') IS NOT NULL
            SELECT @position = MAX([Position]) FROM [realtime].[ChangeLog];
        IF @position > @noted
            SELECT @transaction = CAST(CAST(pg_current_xact_id() AS varchar(30)) AS bigint);
        SELECT @open = CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS varchar(30)) AS bigint);
        SELECT @position, @transaction, @open;
        """;

    /// <summary>Notes that are kept while a transaction is open; when there are more, every other one is dropped, and the mark rises in larger steps.</summary>
    private const int MostNotes = 64;

    /// <summary>How long a start waits until the mark is at the log's end, while other transactions are open.</summary>
    /// <value>Default: 5 seconds.</value>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly List<(long Position, long Transaction)> notes = [];
    private long settled;

    /// <summary>Text that a batch begins with and that declares <c>@mark</c>, a bigint: the rows before it are to be read.</summary>
    /// <param name="connection">The connection that the batch will run on; outside of a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<string> DeclareAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        if (!engine.IsBabelfish)
            return Declare;
        var settledNow = await AdvanceAsync(connection, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"DECLARE @mark bigint = {settledNow + 1};");
    }

    /// <summary>Whether everything that could be seen when it was called for the first time since the last success is below the mark.</summary>
    public async ValueTask<bool> IsSettledAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        if (!engine.IsBabelfish)
            return true;
        await AdvanceAsync(connection, cancellationToken);
        lock (gate)
            return notes.Count == 0;
    }

    /// <summary>The newest settled position; 0 where this process knows of none yet.</summary>
    private async ValueTask<long> AdvanceAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        long noted, known;
        lock (gate)
        {
            known = settled;
            noted = notes.Count > 0 ? notes[^1].Position : settled;
        }

        var found = await connection.RowsAsync(
            null,
            Note,
            static reader => (Position: reader.IsDBNull(0) ? 0 : reader.GetInt64(0), Transaction: reader.IsDBNull(1) ? 0 : reader.GetInt64(1), Open: reader.GetInt64(2)),
            cancellationToken,
            ("@noted", noted));
        lock (gate)
        {
            var (position, transaction, open) = found[0];
            // The newest row never goes: the log was made anew, or restored, and what was noted is of another one.
            if (position < known)
            {
                settled = 0;
                notes.Clear();
            }

            if (transaction > 0)
                notes.Add((position, transaction));
            var done = 0L;
            notes.RemoveAll(note =>
            {
                if (note.Transaction > open)
                    return false;
                done = Math.Max(done, note.Position);
                return true;
            });
            settled = Math.Max(settled, done);
            for (var i = notes.Count - 2; notes.Count > MostNotes && i > 0; i -= 2)
                notes.RemoveAt(i);
            return settled;
        }
    }
}
