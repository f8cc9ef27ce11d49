using System.Globalization;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What the triggers of a table do where the engine fires them again with rows that they have been given before: see <see cref="SqlServerEngine.RepeatsCascades"/>.</summary>
/// <remarks>
/// <para>
/// The log must say a change once, or a watch that resumes between the two would get it twice. A change that is said again is known by what it is: a row cannot be deleted, or be
/// changed in the same way, twice in a row. Between the two it must have been created or changed otherwise, by another firing.
/// </para>
/// <para>
/// So a trigger notes the digests of the rows that it has written, in a setting of the session that ends with the transaction, and with what is rolled back of it. (It could not
/// look into the log, which its writer may not read.) A firing that has rows among those noted for its event is one of the same statement, and writes the others. Else it is of a new
/// statement and notes its own rows only, so that a transaction of many statements does not carry all of them along.
/// </para>
/// </remarks>
/// <param name="capture">The number of the capture.</param>
/// <param name="prefix">What the names of its triggers begin with.</param>
internal sealed class SqlServerToldRows(string capture, string prefix)
{
    /// <summary>Statements that write rows, but for those that an earlier firing for the same statement has written: deletions first.</summary>
    /// <param name="name">The event of the trigger.</param>
    /// <param name="rows">SELECTs of the rows: <c>Op</c>, <c>Before</c>, <c>After</c>.</param>
    /// <param name="actor">The writer in SQL.</param>
    public string Write(string name, IReadOnlyList<string> rows, string actor)
    {
        var insert = $"INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])\nSELECT {capture}, r.[Op], r.[Before], r.[After], {actor} FROM @rows AS r WHERE r.[Op]";
        return $"""
            DECLARE @rows TABLE ([Op] tinyint NOT NULL, [Before] nvarchar(max) NULL, [After] nvarchar(max) NULL, [Digest] nvarchar(40) NOT NULL);
            INSERT INTO @rows ([Op], [Before], [After], [Digest])
            SELECT r.[Op], r.[Before], r.[After], pg_catalog.md5(CAST(CAST(r.[Op] AS nvarchar(3)) + COALESCE(r.[Before], N'') + N'>' + COALESCE(r.[After], N'') AS pg_catalog.text))
            FROM ({string.Join("\nUNION ALL\n", rows)}) AS r;
            DECLARE @note nvarchar(max) = COALESCE(pg_catalog.current_setting({Setting(name)}, 'true'), N'');
            IF @note <> N''
            BEGIN
                DELETE FROM @rows WHERE [Digest] IN (SELECT value FROM STRING_SPLIT(@note, N','));
                IF @@ROWCOUNT = 0
                    SET @note = N'';
            END
            SET @note = pg_catalog.set_config({Setting(name)}, @note + COALESCE((SELECT STRING_AGG([Digest], N',') FROM @rows) + N',', N''), 'true');
            {insert} = {SqlServerLogTables.Delete};
            {insert} <> {SqlServerLogTables.Delete};
            """;
    }

    /// <summary>A statement after which nothing that an event's trigger has said counts as said: what is created again may be deleted again.</summary>
    public string Forget(params IEnumerable<string> names) =>
        string.Join('\n', names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"DECLARE @none{i} nvarchar(100) = pg_catalog.set_config({Setting(name)}, N'', 'true');")));

    private string Setting(string name) => $"N'realtimeapi.{prefix}{name}'";
}
