using System.Globalization;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What the triggers of a table do where the engine fires them again with rows that they have been given before: see <see cref="SqlServerEngine.RepeatsCascades"/>.</summary>
/// <remarks>
/// <para>
/// The log must say a change once, or a watch that resumes between the two would get it twice. Whether it was said is told by the log itself: a row cannot be deleted, or be
/// changed in the same way, twice in a row. Between the two it must have been created or changed otherwise, by another firing.
/// </para>
/// <para>
/// So a trigger that writes notes where in the log its rows begin, in a setting of the session that ends with the transaction, or with what is rolled back of it. Its rows have a tag in
/// common by which they are known, since others' may stand between them. A firing that finds a note of its event looks whether any of its rows are there already; if so, it
/// writes those that are not. If none is, it belongs to another statement and begins anew, so that a transaction of many statements does not look through all that it has written.
/// </para>
/// </remarks>
/// <param name="capture">The number of the capture.</param>
/// <param name="prefix">What the names of its triggers begin with.</param>
internal sealed class SqlServerToldRows(string capture, string prefix)
{
    private const string Log = "[realtime].[ChangeLog]";

    private const string IsThere =
        $"EXISTS (SELECT 1 FROM {Log} AS l WHERE l.[Position] > @first AND l.[Tag] = @tag AND l.[Op] = r.[Op]"
        + $" AND COALESCE(l.[Before], N'') = COALESCE(r.[Before], N'') COLLATE {SqlServerColumn.ExactCollation}"
        + $" AND COALESCE(l.[After], N'') = COALESCE(r.[After], N'') COLLATE {SqlServerColumn.ExactCollation})";

    /// <summary>Statements that write rows, but for those that an earlier firing for the same statement has written.</summary>
    /// <param name="name">The event of the trigger.</param>
    /// <param name="rows">SELECTs of the rows: <c>Op</c>, <c>Before</c>, <c>After</c>. Each is written by a statement of its own, in this order.</param>
    /// <param name="actor">The writer in SQL.</param>
    public string Write(string name, IReadOnlyList<string> rows, string actor)
    {
        var isTold = string.Join("\n    OR ", rows.Select(static select => $"EXISTS (SELECT 1 FROM ({select}) AS r WHERE {IsThere})"));
        var writes = string.Join('\n', rows.Select(select => $"""
            INSERT INTO {Log} ([Capture], [Op], [Before], [After], [Actor], [Tag])
            SELECT {capture}, r.[Op], r.[Before], r.[After], {actor}, @tag
            FROM ({select}) AS r
            WHERE @isTold = 0 OR NOT {IsThere};
            """));
        return $"""
            DECLARE @note nvarchar(100) = pg_catalog.current_setting({Setting(name)}, 'true'), @tag bigint, @first bigint, @isTold int = 0;
            IF @note <> N''
            BEGIN
                SELECT @first = CAST(LEFT(@note, 20) AS bigint), @tag = CAST(SUBSTRING(@note, 21, 20) AS bigint);
                IF {isTold}
                    SET @isTold = 1;
            END
            IF @isTold = 0
            BEGIN
                SELECT @tag = CONVERT(bigint, CONVERT(binary(8), NEWID())), @first = NEXT VALUE FOR [realtime].[ChangeSequence];
                SET @note = pg_catalog.set_config({Setting(name)}, RIGHT(REPLICATE(N'0', 20) + CAST(@first AS nvarchar(20)), 20) + CAST(@tag AS nvarchar(20)), 'true');
            END
            {writes}
            """;
    }

    /// <summary>A statement after which nothing that an event's trigger has said counts as said: what is created again may be deleted again.</summary>
    public string Forget(params IEnumerable<string> names) =>
        string.Join('\n', names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"DECLARE @none{i} nvarchar(100) = pg_catalog.set_config({Setting(name)}, N'', 'true');")));

    private string Setting(string name) => $"N'realtimeapi.{prefix}{name}'";
}
