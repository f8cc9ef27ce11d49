using System.Globalization;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Writes the triggers that capture one resource.</summary>
/// <remarks>
/// <para>They use what every SQLite since 3.8 has, so that any program's library can run them, and copy values as they are stored.</para>
/// <para>
/// A statement that replaces rows (<c>REPLACE</c>, <c>OR REPLACE</c>) removes them without a delete trigger, unless recursive triggers are on. So a BEFORE
/// trigger notes the rows which share a unique key with the new one, in <c>realtime_collision</c>, and the AFTER trigger logs those that are gone. Notes of a statement that
/// then did not happen (<c>OR IGNORE</c>, <c>UPSERT</c>) are of rows that are still there; they are cleared by the next one, and by whatever else removes or moves the row.
/// </para>
/// <para>
/// A key that is written in other letters is another key, even where the column's collation calls the two equal: it is logged as a delete and an insert, since clients
/// hold items by the text of their keys and know no collations.
/// </para>
/// <para>
/// No trigger relies on another of the same statement having run before it. They do rely on running before triggers of other programs (SQLite runs
/// the newest first), so that changes which those make to the same row are logged after it; <see cref="SqliteCapture"/> sees to that.
/// </para>
/// </remarks>
internal sealed class SqliteTriggers
{
    /// <summary>The row of the log marks where a capture begins.</summary>
    public const int Mark = 0;

    /// <summary>The row was inserted: its image.</summary>
    public const int Insert = 1;

    /// <summary>The row was updated: the image after, then the image before.</summary>
    public const int Update = 2;

    /// <summary>The row was deleted: its image.</summary>
    public const int Delete = 3;

    /// <summary>The row was replaced by that of the same key which the next row of the log inserts: its image.</summary>
    public const int Replace = 4;

    // Milliseconds since 1970. Every version has julianday(), and it is exact to the millisecond.
    private const string Now = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)";

    // Notes that are kept where statements may be nested in one another, by the newest. A deeper nest of replacing statements is not to be expected.
    private const int KeptNotes = 32;

    private readonly SqliteTableShape shape;
    private readonly long capture;
    private readonly string table;
    private readonly string[] columns;
    private readonly int[] key;
    private readonly string[] identity;
    private readonly List<Collision> collisions = [];
    private readonly List<SqliteTrigger> triggers = [];

    private SqliteTriggers(ResourceDefinition resource, SqliteTableShape shape, long capture)
    {
        this.shape = shape;
        this.capture = capture;
        table = Quote(shape.Name);
        columns = [.. resource.Columns.Select(column => Quote(shape.Find(column.Column)!.Name))];
        key = [.. resource.Key.Select(column => column.Ordinal)];
        identity = shape.RowId is { } rowId ? [rowId]
            : [.. (shape.PrimaryKey.Count > 0 ? shape.PrimaryKey : resource.Key.Select(column => column.Column)).Select(Quote)];
        AddCollisions();
    }

    /// <summary>All triggers of a resource on a table that has its columns, in the order in which they are to be made.</summary>
    public static IReadOnlyList<SqliteTrigger> For(ResourceDefinition resource, SqliteTableShape shape, long capture)
    {
        var writer = new SqliteTriggers(resource, shape, capture);
        writer.AddInsert();
        writer.AddUpdate();
        writer.AddDelete();
        return writer.triggers;
    }

    private bool HasNullableKey => key.Any(IsNullable);

    private void AddInsert()
    {
        if (collisions.Count > 0)
            Add("insert_before", $"BEFORE INSERT ON {table} WHEN {Any(collisions.Select(c => Exists(c.Condition)))}", NoteCollisions(""));
        var replaced = All(key.Select(i => $"NEW.{columns[i]} IS n.v{i} COLLATE BINARY"));
        Add(
            "insert",
            $"AFTER INSERT ON {table}",
            // By the newest note first, so that the one of the same key, which was made first, stands right before the row that replaces it.
            $"""
            INSERT INTO realtime_changelog (tag, time, capture, op, {Values(columns.Length)})
            SELECT random(), {Now}, {capture}, CASE WHEN {replaced} THEN {Replace} ELSE {Delete} END, {Values(columns.Length, "n.")}
            FROM realtime_collision n WHERE n.capture = {capture} AND {Gone(updating: false)} ORDER BY n.id DESC;
            {LogRow(Insert, "NEW", KeyIsComplete("NEW"))}
            {ClearNotes(Gone(updating: false))}{NoteNew()}
            """);
    }

    private void AddUpdate()
    {
        var sameKey = All(key.Select(i => $"OLD.{columns[i]} IS NEW.{columns[i]} COLLATE BINARY"));
        var of = UpdatedColumns();
        if (collisions.Count > 0)
        {
            var other = $"NOT ({All(identity.Select(name => $"{name} IS OLD.{name}"))})";
            Add(
                "update_before",
                $"BEFORE UPDATE {of}ON {table} WHEN {Any(collisions.Select(c => c.IsTouched is null ? Exists($"{c.Condition} AND {other}") : $"{c.IsTouched} AND {Exists($"{c.Condition} AND {other}")}"))}",
                NoteCollisions($" AND {other}"));
        }

        // Where a key that others refer to changes, their triggers may already have changed this row again, and logged that: so the row is read as it is now.
        var isStill = $"{IdentityIs("t.", "NEW.")} AND {All(key.Select(i => $"t.{columns[i]} IS OLD.{columns[i]} COLLATE BINARY"))}";
        var updated = shape.CascadesUpdates
            ? $"SELECT random(), {Now}, {capture}, {Update}, {Values(columns, "t.")}, {Values(columns, "OLD.")} FROM {table} t WHERE {isStill}"
            : $"VALUES (random(), {Now}, {capture}, {Update}, {Values(columns, "NEW.")}, {Values(columns, "OLD.")})";
        // Or they may have removed it, or given it another key; what they logged of that was the row as it is between, which nobody has been told of.
        var removed = !shape.CascadesUpdates ? "" : $"""

            {LogRow(Delete, "OLD", [$"NOT EXISTS (SELECT 1 FROM {table} t WHERE {isStill})"])}{LogAgain([$"NOT ({IdentityIs("t.", "NEW.")})"])}
            """;
        Add(
            "update",
            $"AFTER UPDATE ON {table} WHEN {sameKey}{AndAll(KeyIsComplete("NEW"))} AND ({Tree(Changes())})",
            $"""
            INSERT INTO realtime_changelog (tag, time, capture, op, {Values(2 * columns.Length)})
            {updated};{removed}
            """);

        // For the same reason the old key may be taken again by now.
        var again = shape.CascadesUpdates ? LogAgain([$"NOT ({IdentityIs("t.", "NEW.")})", $"NOT ({sameKey})"]) : "";
        Add(
            "update_key",
            shape.HasWritingBeforeTriggers
                ? $"AFTER UPDATE ON {table}"
                : $"AFTER UPDATE {of}ON {table} WHEN NOT ({sameKey}) OR EXISTS (SELECT 1 FROM realtime_collision WHERE capture = {capture})",
            $"""
            INSERT INTO realtime_changelog (tag, time, capture, op, {Values(columns.Length)})
            SELECT random(), {Now}, {capture}, {Delete}, {Values(columns.Length, "n.")} FROM realtime_collision n WHERE n.capture = {capture} AND {Gone(updating: true)};
            {LogRow(Delete, "OLD", [$"NOT ({sameKey})", .. KeyIsComplete("OLD")])}
            INSERT INTO realtime_changelog (tag, time, capture, op, {Values(columns.Length)})
            SELECT random(), {Now}, {capture}, {Insert}, {Values(columns, "t.")} FROM {table} t WHERE {IdentityIs("t.", "NEW.")} AND NOT ({sameKey}){AndAll(KeyIsComplete("NEW"))};{again}
            {ClearNotes($"({Gone(updating: true)} OR {Noted("OLD")})")}{NoteNew()}
            """);
    }

    private void AddDelete() =>
        Add(
            "delete",
            $"AFTER DELETE ON {table}",
            $"""
            DELETE FROM realtime_collision WHERE capture = {capture} AND {Noted("OLD", "")};
            {LogRow(Delete, "OLD", KeyIsComplete("OLD"))}{(shape.IsReentered ? LogAgain([]) : "")}
            """);

    private void Add(string name, string head, string body)
    {
        var full = $"{SqliteLogTables.Prefix}{capture}_{name}";
        triggers.Add(new(full, $"CREATE TRIGGER {full} {head} BEGIN {SqliteTrigger.Mark(capture)}\n{body}\nEND"));
    }

    // VALUES costs a third less than a SELECT of the same.
    private string LogRow(int op, string row, IReadOnlyList<string> conditions)
    {
        var values = $"random(), {Now}, {capture}, {op}, {Values(columns, row + ".")}";
        return $"""
            INSERT INTO realtime_changelog (tag, time, capture, op, {Values(columns.Length)})
            {(conditions.Count > 0 ? $"SELECT {values} WHERE {All(conditions)}" : $"VALUES ({values})")};
            """;
    }

    /// <summary>
    /// Triggers of those who refer to the row <c>OLD</c> run before ours, and may have given its key to another row, and logged that: it has to stand after the delete, too.
    /// </summary>
    private string LogAgain(IReadOnlyList<string> conditions) => $"""

        INSERT INTO realtime_changelog (tag, time, capture, op, {Values(columns.Length)})
        SELECT random(), {Now}, {capture}, {Insert}, {Values(columns, "t.")} FROM {table} t
        WHERE {All([.. key.Select(i => $"t.{columns[i]} = OLD.{columns[i]} AND t.{columns[i]} IS OLD.{columns[i]} COLLATE BINARY"), .. conditions])};
        """;

    /// <summary>The statements that note every row with which the new one collides.</summary>
    private string NoteCollisions(string further)
    {
        var body = new StringBuilder();
        var keyIsComplete = AndAll([.. key.Where(IsNullable).Select(i => $"{columns[i]} IS NOT NULL")]);
        if (!shape.IsReentered)
        {
            body.AppendLine(CultureInfo.InvariantCulture, $"DELETE FROM realtime_collision WHERE capture = {capture};");
        }
        else
        {
            // Notes of a statement in the middle of which this one runs must stay.
            body.AppendLine(CultureInfo.InvariantCulture, $"DELETE FROM realtime_collision WHERE capture = {capture} AND id <= (SELECT max(id) FROM realtime_collision) - {KeptNotes};");
            foreach (var collision in collisions)
            {
                var noted = All(identity.Select((name, i) => $"{name} IS realtime_collision.v{columns.Length + i}"));
                body.AppendLine(CultureInfo.InvariantCulture, $"DELETE FROM realtime_collision WHERE capture = {capture} AND {Exists($"{collision.Condition}{further} AND {noted}")};");
            }
        }

        for (var i = 0; i < collisions.Count; i++)
        {
            var seen = string.Concat(collisions.Take(i).Select(c => $" AND NOT coalesce({c.Condition}, 0)"));
            body.AppendLine(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO realtime_collision (capture, {Values(columns.Length + identity.Length)})
                SELECT {capture}, {Values(columns, "")}, {string.Join(", ", identity)} FROM {table} WHERE {collisions[i].Condition}{further}{seen}{keyIsComplete};
                """);
        }

        return body.ToString().TrimEnd();
    }

    /// <summary>
    /// A BEFORE trigger of another program, which runs after ours, may write a row that collides only then: so every row that is written is noted, as long as it is one of
    /// the last.
    /// </summary>
    private string NoteNew() =>
        !shape.HasWritingBeforeTriggers ? "" : $"""

            DELETE FROM realtime_collision WHERE capture = {capture} AND ({Noted("NEW", "")} OR id <= (SELECT max(id) FROM realtime_collision) - {KeptNotes});
            INSERT INTO realtime_collision (capture, {Values(columns.Length + identity.Length)})
            SELECT {capture}, {Values(columns, "t.")}, {Values(identity, "t.")} FROM {table} t WHERE {IdentityIs("t.", "NEW.")}{AndAll(KeyIsComplete("NEW"))};
            """;

    private string ClearNotes(string handled) =>
        shape.IsReentered
            ? $"DELETE FROM realtime_collision WHERE id IN (SELECT n.id FROM realtime_collision n WHERE n.capture = {capture} AND {handled});"
            : $"DELETE FROM realtime_collision WHERE capture = {capture};";

    /// <summary>Whether the row that <c>n</c> notes has been removed for the new one.</summary>
    private string Gone(bool updating)
    {
        var there = $"EXISTS (SELECT 1 FROM {table} t WHERE {All(identity.Select((name, i) => $"t.{name} = n.v{columns.Length + i}"))})";
        var gone = $"({Noted("NEW")} OR NOT {there})";
        return updating ? $"NOT ({Noted("OLD")}) AND {gone}" : gone;
    }

    /// <summary>Whether a note is of the row <c>OLD</c> or <c>NEW</c>. The row's column comes first, because its collation decides.</summary>
    private string Noted(string row, string prefix = "n.") =>
        All(identity.Select((name, i) => $"{row}.{name} IS {prefix}v{columns.Length + i}"));

    private string IdentityIs(string left, string right) => All(identity.Select(name => $"{left}{name} = {right}{name}"));

    private IReadOnlyList<string> KeyIsComplete(string row) => [.. key.Where(IsNullable).Select(i => $"{row}.{columns[i]} IS NOT NULL")];

    private bool IsNullable(int ordinal)
    {
        var column = shape.Columns.Single(c => Quote(c.Name) == columns[ordinal]);
        return !column.NotNull && column.Name != shape.RowIdAlias && (shape.RowId is not null || column.KeyPlace == 0);
    }

    /// <summary>A comparison for each column that may have changed; an image is other when the storage class is, even where the values are equal.</summary>
    private List<string> Changes()
    {
        var changes = new List<string>();
        foreach (var name in columns)
        {
            var column = shape.Columns.Single(c => Quote(c.Name) == name);
            if (column.Name == shape.RowIdAlias)
                continue;
            changes.Add($"OLD.{name} IS NOT NEW.{name} COLLATE BINARY");
            // Only a column that converts nothing can hold equal values of two classes.
            if (column.DeclaredType.Length == 0 || column.DeclaredType.Contains("BLOB", StringComparison.OrdinalIgnoreCase)
                || column.DeclaredType.Equals("ANY", StringComparison.OrdinalIgnoreCase))
                changes.Add($"typeof(OLD.{name}) <> typeof(NEW.{name})");
        }

        return changes.Count > 0 ? changes : ["0"];
    }

    /// <summary>
    /// <c>OF …</c> with the columns of keys, so that updates of others cost nothing; empty where that cannot be said. The names of the rowid are among them: an
    /// update that sets it by such a name does not count as one of the column that stands for it.
    /// </summary>
    private string UpdatedColumns()
    {
        var names = shape.UniqueKeys.SelectMany(unique => unique.Terms.Select(term => term.Column)).Concat(key.Select(i => shape.Columns.Single(c => Quote(c.Name) == columns[i]).Name));
        var all = names.Append(shape.RowIdAlias).Distinct().ToList();
        if (!shape.UniqueKeys.All(unique => unique.IsPlain) || all.Exists(name => name is not null && shape.Find(name)!.Generated))
            return "";
        string[] rowId = shape.RowId is null ? [] : ["rowid", "_rowid_", "oid"];
        return $"OF {string.Join(", ", all.OfType<string>().Select(Quote).Concat(rowId.Where(name => shape.Find(name) is null)))} ";
    }

    private void AddCollisions()
    {
        if (shape.RowId is { } rowId)
            collisions.Add(new($"{rowId} = NEW.{rowId}", $"OLD.{rowId} IS NOT NEW.{rowId}"));
        foreach (var unique in shape.UniqueKeys)
        {
            var conditions = unique.Terms.Select(term => Equal(term)).ToList();
            if (unique.Where is { } where)
            {
                // The first lets the index serve, the second asks it of the new row.
                conditions.Add($"({where}\n)");
                conditions.Add(NamesRowId(where) ? $"(NEW.{shape.RowId} = -1 OR {OfNew(where)})" : OfNew(where));
            }

            var touched = unique.IsPlain
                ? $"({Any(unique.Terms.Select(term => $"OLD.{Quote(term.Column!)} IS NOT NEW.{Quote(term.Column!)} COLLATE {Quote(term.Collation)}"))})"
                : null;
            collisions.Add(new($"({All(conditions)})", touched));
        }

        // The key's own first: see AddInsert.
        var keyNames = key.Select(i => columns[i]).ToHashSet();
        var own = shape.UniqueKeys.ToList().FindIndex(unique => unique.IsPlain && keyNames.SetEquals(unique.Terms.Select(term => Quote(term.Column!))));
        if (own >= 0 && shape.RowIdAlias is null)
        {
            var at = own + (shape.RowId is null ? 0 : 1);
            var collision = collisions[at];
            collisions.RemoveAt(at);
            collisions.Insert(0, collision);
        }
    }

    private string Equal(SqliteUniqueKey.Term term)
    {
        if (term.Column is not { } name)
            return $"({term.Expression}\n) COLLATE {Quote(term.Collation)} = {OfNew(term.Expression!)}";
        return $"{Quote(name)} COLLATE {Quote(term.Collation)} = {NewValue(shape.Find(name)!)}";
    }

    // REPLACE puts the default where a column that must not be NULL is given one, after the BEFORE triggers.
    private static string NewValue(SqliteTableShape.Column column) =>
        column is { NotNull: true, Default: not null } ? $"coalesce(NEW.{Quote(column.Name)}, {StoredDefault(column)})" : $"NEW.{Quote(column.Name)}";

    // As the column's affinity would store it. A text is a number to a column of numbers when it equals the number that it is cast to.
    private static string StoredDefault(SqliteTableShape.Column column)
    {
        var value = SqliteDefault.Expression(column.Default!);
        return SqliteColumnTypes.AffinityOf(column.DeclaredType, strict: false) switch
        {
            SqliteAffinity.Text => $"CASE WHEN typeof({value}) IN ('integer', 'real') THEN CAST({value} AS TEXT) ELSE {value} END",
            SqliteAffinity.Real => $"CASE WHEN {value} = CAST({value} AS REAL) THEN CAST({value} AS REAL) ELSE {value} END",
            SqliteAffinity.Integer or SqliteAffinity.Numeric => $"CASE WHEN {value} = CAST({value} AS NUMERIC) THEN CAST({value} AS NUMERIC) ELSE {value} END",
            _ => value,
        };
    }

    /// <summary>An expression over the table's columns, for the new row: these names are found in the inner query first.</summary>
    private string OfNew(string expression) =>
        $"(SELECT {expression}\n FROM (SELECT {string.Join(", ", shape.Columns.Select(column => $"{NewValue(column)} AS {Quote(column.Name)}"))}) AS {table})";

    // Until SQLite has chosen a rowid, BEFORE triggers see -1, and what depends on it is unknown. A note too many does no harm.
    private bool NamesRowId(string expression) =>
        shape.RowId is not null && new[] { shape.RowIdAlias, "rowid", "oid" }.Any(name => name is not null && expression.Contains(name, StringComparison.OrdinalIgnoreCase));

    private string Exists(string condition) => $"EXISTS (SELECT 1 FROM {table} WHERE {condition})";

    private static string Values(int count, string prefix = "") => string.Join(", ", Enumerable.Range(0, count).Select(i => $"{prefix}v{i}"));

    private static string Values(string[] names, string prefix) => string.Join(", ", names.Select(name => prefix + name));

    private static string All(IEnumerable<string> conditions) => string.Join(" AND ", conditions);

    private static string AndAll(IReadOnlyList<string> conditions) => conditions.Count == 0 ? "" : " AND " + All(conditions);

    private static string Any(IEnumerable<string> conditions) => string.Join(" OR ", conditions);

    /// <summary>Alternatives as a balanced tree: SQLite limits the depth of an expression to 1000.</summary>
    private static string Tree(List<string> alternatives) => alternatives.Count switch
    {
        <= 16 => Any(alternatives),
        var count => $"({Tree([.. alternatives.Take(count / 2)])}) OR ({Tree([.. alternatives.Skip(count / 2)])})",
    };

    private static string Quote(string name) => SqliteName.Quote(name);

    /// <param name="Condition">Which rows of the table share this unique key with the new row.</param>
    /// <param name="IsTouched">Whether an update changes the key's columns; null where only the search can tell.</param>
    private sealed record Collision(string Condition, string? IsTouched);
}
