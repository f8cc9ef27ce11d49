using System.Data;
using System.Globalization;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Writes the triggers that capture the changes of one resource's table.</summary>
/// <remarks>
/// <para>
/// One each for INSERT, UPDATE and DELETE, for all rows of a statement at once. A row's identity is its key, exactly: a key that changes only in letters that its collation
/// calls equal, or in spaces at its end, is another one. An update that leaves a key as it was is a change when the two images differ; where it gives a row another
/// key, all deletions stand before all creations, so that keys that change places do not get lost.
/// </para>
/// <para>
/// Nothing depends on the writer's SET options: <c>ROWCOUNT</c>, which would cut the log's rows off, is set aside, and a trigger's SET ends with it; QUOTED_IDENTIFIER
/// and ANSI_NULLS are those of the connection that made the trigger; what the others govern (adding to NULL, texts that do not fit, divisions, the
/// languages' dates) does not occur. What a writer sees of its statement is as it was: no identity column is written, no result is returned, and
/// <c>@@ROWCOUNT</c> is that of the statement itself.
/// </para>
/// <para>
/// MERGE fires the triggers of its three kinds in an order that is not defined, after all its rows are written. So a row that it removed and whose key another of its actions
/// has given to a row is logged as created once more after its deletion: whichever trigger came first, the last word on the key is the row that is there.
/// </para>
/// </remarks>
internal sealed class SqlServerTriggers
{
    /// <summary>The version of what the triggers do; triggers of a later one are left alone.</summary>
    public const int Version = 1;

    /// <summary>The version of what an image looks like.</summary>
    public const int ImageVersion = 1;

    private const string Log = "[realtime].[ChangeLog]";
    private const string Actor = "TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))";

    private readonly ResourceDefinition resource;
    private readonly SqlServerTableShape shape;
    private readonly SqlServerEngine engine;
    private readonly string table;
    private readonly string capture;
    private readonly string prefix;
    private readonly SqlServerToldRows? told;

    private SqlServerTriggers(ResourceDefinition resource, SqlServerTableShape shape, SqlServerEngine engine)
    {
        this.resource = resource;
        this.shape = shape;
        this.engine = engine;
        table = SqlServerName.Quote(resource.Table);
        var number = SqlServerCaptureId.Of(resource);
        capture = number.ToString(CultureInfo.InvariantCulture);
        prefix = SqlServerCaptureId.TriggersOf(number);
        told = shape.IsToldTwice ? new(capture, prefix) : null;
    }

    /// <summary>The triggers, in the order in which they are made.</summary>
    public static IReadOnlyList<SqlServerTrigger> For(ResourceDefinition resource, SqlServerTableShape shape, SqlServerEngine engine)
    {
        var made = new SqlServerTriggers(resource, shape, engine);
        return [made.OfInsert(), made.OfUpdate(), made.OfDelete()];
    }

    private SqlServerTrigger OfInsert() => Make("insert", "inserted", "", $"""
        INSERT INTO {Log} ([Capture], [Op], [After], [Actor])
        SELECT {capture}, {SqlServerLogTables.Insert}, {Image("i")}, {Actor}
        FROM inserted AS i{Where(Complete("i"))};
        """ + (told is null ? "" : "\n" + told.Forget("update", "delete")));

    private SqlServerTrigger OfUpdate()
    {
        if (told is not null)
        {
            // A key that was deleted may be another row's now. (What UPDATE() says of a cascade is of no use.)
            var forget = Block($"EXISTS (SELECT 1 FROM deleted AS d WHERE {HasLostItsKey})", told.Forget("delete"));
            return Make("update", "deleted", "", $"{forget}\n{told.Write("update", [Deleted(HasLostItsKey), Updated(isAlone: false)], Actor)}");
        }

        var deletes = $"""
            INSERT INTO {Log} ([Capture], [Op], [Before], [Actor])
            SELECT {capture}, {SqlServerLogTables.Delete}, {Image("d")}, {Actor}
            FROM deleted AS d
            WHERE {All([.. Complete("d"), HasLostItsKey])};
            """;
        var again = $"""
            INSERT INTO {Log} ([Capture], [Op], [After], [Actor])
            SELECT {capture}, {SqlServerLogTables.Insert}, {Image("t")}, {Actor}
            FROM deleted AS d INNER JOIN {table} AS t ON {FoundByKey("t", "d")}
            WHERE {HasLostItsKey};
            """;
        var keyIsWritten = KeyIsWritten();
        var body = new StringBuilder();
        body.Append(keyIsWritten is null ? deletes : Block(keyIsWritten, deletes)).Append('\n').Append(Updated(isAlone: true)).Append(';');
        if (engine.HasMerge)
        {
            var isMerge = "@rows <> (SELECT COUNT_BIG(*) FROM inserted)";
            body.Append('\n').Append(Block(keyIsWritten is null ? isMerge : $"{isMerge} AND ({keyIsWritten})", again));
        }

        return Make("update", "deleted", Rows(), body.ToString());
    }

    private SqlServerTrigger OfDelete()
    {
        if (told is not null)
            return Make("delete", "deleted", "", told.Write("delete", [Deleted()], Actor));
        var body = $"""
            INSERT INTO {Log} ([Capture], [Op], [Before], [Actor])
            SELECT {capture}, {SqlServerLogTables.Delete}, {Image("d")}, {Actor}
            FROM deleted AS d{Where(Complete("d"))};
            """;
        if (engine.HasMerge)
        {
            body += "\n" + Block("@rows <> (SELECT COUNT_BIG(*) FROM deleted)", $"""
                INSERT INTO {Log} ([Capture], [Op], [After], [Actor])
                SELECT {capture}, {SqlServerLogTables.Insert}, {Image("t")}, {Actor}
                FROM deleted AS d INNER JOIN {table} AS t ON {FoundByKey("t", "d")};
                """);
        }

        return Make("delete", "deleted", Rows(), body);
    }

    private string HasLostItsKey => $"NOT EXISTS (SELECT 1 FROM inserted AS i WHERE {SameKey("i", "d")})";

    /// <summary>The rows that are gone, as <see cref="SqlServerToldRows"/> takes them.</summary>
    private string Deleted(params IReadOnlyList<string> conditions) =>
        $"SELECT {SqlServerLogTables.Delete} AS [Op], {Image("d")} AS [Before], CAST(NULL AS nvarchar(max)) AS [After] FROM deleted AS d{Where([.. Complete("d"), .. conditions])}";

    /// <summary>The rows that have kept their key and changed, and those that have a key that none had before.</summary>
    /// <param name="isAlone">Whether it writes them; else it selects them, as <see cref="SqlServerToldRows"/> takes them.</param>
    private string Updated(bool isAlone)
    {
        // A rowversion is in the image, but no change by itself: it is put into the image after the comparison.
        var versions = resource.Columns.Where(static column => SqlServerStorage.Of(column).Type == SqlDbType.Timestamp).ToList();
        var compared = resource.Columns.Except(versions).ToList();
        string Whole(string row, string image) => versions.Count == 0
            ? image
            : $"STUFF({image}, LEN({image}), 1, N'{string.Concat(versions.Select(column => $",\"{SqlServerImage.Member(column)}\":' + CASE WHEN {row}.{SqlServerColumn.Name(column)} IS NULL THEN N'null' ELSE N'\"' + CONVERT(nvarchar(40), {SqlServerColumn.Image(column, row, engine)}) + N'\"' END + N'"))}}}')";
        var isNew = $"d.{SqlServerColumn.Name(resource.Key[0])} IS NULL";
        var op = $"CASE WHEN {isNew} THEN {SqlServerLogTables.Insert} ELSE {SqlServerLogTables.Update} END";
        var before = $"CASE WHEN {isNew} THEN NULL ELSE {Whole("d", "b.[Image]")} END";
        var after = Whole("i", "a.[Image]");
        var head = isAlone
            ? $"INSERT INTO {Log} ([Capture], [Op], [Before], [After], [Actor])\nSELECT {capture}, {op}, {before}, {after}, {Actor}"
            : $"SELECT {op} AS [Op], {before} AS [Before], {after} AS [After]";
        return $"""
            {head}
            FROM inserted AS i
            LEFT JOIN deleted AS d ON {SameKey("i", "d")}
            CROSS APPLY (SELECT {SqlServerImage.Expression(compared, "i", engine)} AS [Image]) AS a
            CROSS APPLY (SELECT {SqlServerImage.Expression(compared, "d", engine)} AS [Image]) AS b
            WHERE {All([.. Complete("i"), $"({isNew} OR a.[Image] <> b.[Image] COLLATE {SqlServerColumn.ExactCollation})"])}
            """;
    }

    private SqlServerTrigger Make(string name, string rows, string first, string body)
    {
        var full = $"{SqlServerName.Quote(SqlServerName.SchemaOf(resource.Table))}.{SqlServerName.Quote(prefix + name)}";
        var owner = shape.OtherOwner is null ? "" : "WITH EXECUTE AS OWNER ";
        // A column that is computed when it is read may fail to be; the writer's statement must not, and the image has NULL.
        var options = shape.ComputesOnRead ? "SET ANSI_WARNINGS OFF;\nSET ARITHABORT OFF;\n" : "";
        return new(name, full, $"""
            CREATE TRIGGER {full} ON {table} {owner}AFTER {name.ToUpperInvariant()} AS
            /* RealtimeApi {Version}: writes the changes of '{Comment(resource.Name)}' into the change log. Made by the server's migration; do not alter. */
            {first}SET NOCOUNT ON;
            SET ROWCOUNT 0;
            {options}IF NOT EXISTS (SELECT 1 FROM {rows})
                RETURN;
            {body}
            """.ReplaceLineEndings("\n"));
    }

    /// <summary>The statement's rows, all of them: more than the trigger's where MERGE has done other things, too. To be asked before anything else.</summary>
    private string Rows() => engine.HasMerge ? "DECLARE @rows bigint = ROWCOUNT_BIG();\n" : "";

    private string Image(string row) => SqlServerImage.Expression(resource.Columns, row, engine);

    /// <summary>Whether a row has a key at all: one of a unique index may be NULL, and then the row is no item.</summary>
    private IReadOnlyList<string> Complete(string row) =>
        [.. resource.Key.Where(static column => column.Nullable).Select(column => $"{row}.{SqlServerColumn.Name(column)} IS NOT NULL")];

    private string SameKey(string left, string right) => All([.. resource.Key.Select(column => Same(column, left, right))]);

    /// <summary>The same, in a form by which an index of the key is found.</summary>
    private string FoundByKey(string left, string right) => All(
        [
            .. resource.Key.Select(column => $"{left}.{SqlServerColumn.Name(column)} = {right}.{SqlServerColumn.Name(column)}"),
            .. resource.Key.Where(IsLoose).Select(column => Same(column, left, right)),
        ]);

    private static string Same(ColumnDefinition column, string left, string right)
    {
        var name = SqlServerColumn.Name(column);
        // Points in time are equal to the same ones with another offset.
        if (SqlServerStorage.Of(column).Type == SqlDbType.DateTimeOffset)
            return $"{left}.{name} = {right}.{name} AND DATEPART(tzoffset, {left}.{name}) = DATEPART(tzoffset, {right}.{name})";
        // Texts are compared by their bytes; and bytes are equal to the same ones with zeros behind them, so their number counts, too.
        return IsOfBytes(column)
            ? $"CAST({left}.{name} AS varbinary(8000)) = CAST({right}.{name} AS varbinary(8000)) AND DATALENGTH({left}.{name}) = DATALENGTH({right}.{name})"
            : $"{left}.{name} = {right}.{name}";
    }

    /// <summary>Whether values that differ may be equal in the database.</summary>
    private static bool IsLoose(ColumnDefinition column) => IsOfBytes(column) || SqlServerStorage.Of(column).Type == SqlDbType.DateTimeOffset;

    private static bool IsOfBytes(ColumnDefinition column) =>
        SqlServerStorage.Of(column) is { IsCoded: true } or { IsWide: true } or { Type: SqlDbType.Binary or SqlDbType.VarBinary };

    /// <summary>Whether the statement names a column of the key; null where that cannot be asked, of computed ones, or where the answer is not to be trusted.</summary>
    private string? KeyIsWritten() =>
        !engine.KnowsWrittenColumns || resource.Key.Any(column => shape.Computed.Contains(column.Column))
            ? null
            : string.Join(" OR ", resource.Key.Select(column => $"UPDATE({SqlServerColumn.Name(column)})"));

    private static string Comment(string text) => text.Replace("*/", "* /", StringComparison.Ordinal).Replace("/*", "/ *", StringComparison.Ordinal);

    private static string Where(IReadOnlyList<string> conditions) => conditions.Count == 0 ? "" : $"\nWHERE {All(conditions)}";

    private static string All(IReadOnlyList<string> conditions) => string.Join(" AND ", conditions);

    private static string Block(string condition, string statement) => $"IF {condition}\nBEGIN\n{statement}\nEND";
}
