namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A random table, sometimes with a child table and with triggers of its own, and random statements on them.</summary>
/// <remarks>
/// Few different values, so that rows collide on every unique key all the time. No expression makes a text of a real number: libraries differ in that, so an
/// index or a generated column over it is not the same for two of them.
/// </remarks>
internal sealed class RandomSchema
{
    private static readonly string[] Values =
    [
        "0", "1", "2", "3", "4", "5", "-1", "'a'", "'A'", "'b'", "'B'", "'a '", "'1'", "'1.0'", "1.0", "1.5", "2.0", "x'61'", "x''", "''", "NULL", "NULL",
        "CAST(x'610062' AS TEXT)", "9e999", "0.1 + 0.2", "9007199254740993", "'long ' || hex(zeroblob(700))",
    ];

    private readonly Random random;
    private readonly List<string> columns = [];
    private readonly List<string> generated = [];
    private readonly List<string> conflictTargets = [];
    private bool hasRowId = true;
    private bool isKeyNullable;

    public RandomSchema(Random random)
    {
        this.random = random;
        var sql = new List<string> { MakeTable() };
        MakeIndexes(sql);
        MakeChild(sql);
        MakeTriggers(sql);
        Sql = sql;
    }

    /// <summary>The statements that make it.</summary>
    public IReadOnlyList<string> Sql { get; }

    public IReadOnlyList<string> Tables => HasChild ? ["t", "child"] : ["t"];

    public bool HasChild { get; private set; }

    /// <summary>
    /// Whether each image before must be the one that the log gave last. Not so where foreign keys or BEFORE triggers change a row in the middle of a statement on it: then
    /// the log still leads to the table's content.
    /// </summary>
    public bool IsStrict { get; private set; } = true;

    /// <summary>The columns of <c>t</c>.</summary>
    public IEnumerable<string> Columns => columns.Concat(generated);

    public string Statement() => random.Next(100) switch
    {
        < 40 => Insert(),
        < 70 => Update(),
        < 78 => $"DELETE FROM t{Where()}",
        < 79 => "DELETE FROM t",
        < 86 when HasChild => Child(),
        < 90 => random.Next(3) switch { 0 => "BEGIN", 1 => "COMMIT", _ => "ROLLBACK" },
        < 96 => random.Next(3) switch { 0 => "SAVEPOINT s", 1 => "RELEASE s", _ => "ROLLBACK TO s" },
        < 97 => $"PRAGMA recursive_triggers = {random.Next(2)}",
        < 98 => $"PRAGMA foreign_keys = {random.Next(2)}",
        _ => Insert(),
    };

    private string MakeTable()
    {
        string[] types = ["INTEGER", "TEXT", "TEXT COLLATE NOCASE", "REAL", "NUMERIC", "BLOB", "", "TEXT COLLATE RTRIM", "INT"];
        var definitions = new List<string>();
        for (var i = 0; i < random.Next(2, 5); i++)
        {
            var name = random.Next(6) == 0 ? $"odd \"name`{i}" : $"c{i}";
            columns.Add(name);
            var type = types[random.Next(types.Length)];
            var notNull = random.Next(5) switch
            {
                0 => $" NOT NULL{OnConflict()} DEFAULT {Literal("1", "'a'", "(1 + 1)")}",
                1 => " NOT NULL",
                _ => "",
            };
            var unique = random.Next(4) == 0;
            if (unique)
                conflictTargets.Add(Quote(name));
            definitions.Add($"{Quote(name)} {type}{notNull}{(unique ? " UNIQUE" + OnConflict() : "")}");
        }

        if (random.Next(5) == 0)
        {
            generated.Add("g");
            definitions.Add($"g AS (typeof({Quote(columns[0])}) || coalesce({Quote(columns[^1])} IS {Quote(columns[0])}, '-')) {(random.Next(2) == 0 ? "STORED" : "VIRTUAL")}");
        }

        var option = "";
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                definitions.Insert(random.Next(definitions.Count), $"id INTEGER PRIMARY KEY{OnConflict()}{(random.Next(3) == 0 ? " AUTOINCREMENT" : "")}");
                columns.Insert(0, "id");
                conflictTargets.Add("id");
                break;
            case 3:
                definitions.Insert(0, "id INTEGER PRIMARY KEY DESC");
                columns.Insert(0, "id");
                isKeyNullable = true;
                break;
            case 4:
                definitions.Add($"id {Literal("TEXT", "TEXT COLLATE NOCASE", "", "NUMERIC")} PRIMARY KEY{OnConflict()}");
                columns.Add("id");
                // After the other columns come constraints and options only.
                definitions = [.. definitions.Where(d => !d.StartsWith("g AS", StringComparison.Ordinal)), .. definitions.Where(d => d.StartsWith("g AS", StringComparison.Ordinal))];
                conflictTargets.Add("id");
                isKeyNullable = true;
                break;
            case 5:
                definitions.Add("id TEXT COLLATE NOCASE");
                columns.Add("id");
                definitions.Add($"PRIMARY KEY ({Quote(columns[0])}, id){OnConflict()}");
                conflictTargets.Add($"{Quote(columns[0])}, id");
                isKeyNullable = true;
                break;
            case 6:
                definitions.Add($"id {Literal("TEXT", "INTEGER", "TEXT COLLATE NOCASE", "NUMERIC")} PRIMARY KEY{OnConflict()}");
                columns.Add("id");
                option = " WITHOUT ROWID";
                hasRowId = false;
                conflictTargets.Add("id");
                break;
            default:
                definitions.Add("id TEXT COLLATE NOCASE");
                columns.Add("id");
                definitions.Add($"PRIMARY KEY (id, {Quote(columns[0])}){OnConflict()}");
                option = " WITHOUT ROWID";
                hasRowId = false;
                conflictTargets.Add($"id, {Quote(columns[0])}");
                break;
        }

        return $"CREATE TABLE t ({string.Join(", ", definitions)}){option}";
    }

    private void MakeIndexes(List<string> sql)
    {
        for (var i = 0; i < random.Next(3); i++)
        {
            var column = Quote(Column());
            sql.Add(random.Next(6) switch
            {
                0 => $"CREATE UNIQUE INDEX u{i} ON t ({column} COLLATE NOCASE DESC)",
                1 => $"CREATE UNIQUE INDEX u{i} ON t ({column}) WHERE {Quote(Column())} > 1",
                2 => $"CREATE UNIQUE INDEX u{i} ON t (lower(CASE typeof({column}) WHEN 'real' THEN 'r' ELSE {column} END) COLLATE RTRIM ASC, {Quote(Column())})",
                3 => $"CREATE UNIQUE INDEX u{i} ON t (typeof({column}), coalesce({Quote(Column())}, ', ) WHERE') ) WHERE /* not ( */ {Quote(Column())} IS NOT NULL -- end",
                4 => $"CREATE UNIQUE INDEX u{i} ON t ({column}, {Quote(Column())})",
                _ => $"CREATE INDEX u{i} ON t ({column})",
            });
        }
    }

    private void MakeChild(List<string> sql)
    {
        if (random.Next(3) > 0 || conflictTargets.FirstOrDefault(target => !target.Contains(',', StringComparison.Ordinal)) is not { } target)
            return;
        HasChild = true;
        string[] actions = ["CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION"];
        sql.Add($"""
            CREATE TABLE child (id INTEGER PRIMARY KEY, parent DEFAULT 1 REFERENCES t ({target})
            ON DELETE {actions[random.Next(4)]} ON UPDATE {actions[random.Next(4)]} DEFERRABLE INITIALLY DEFERRED, note TEXT)
            """);
        if (random.Next(3) == 0)
        {
            // Children that keep something of their parent's up to date.
            sql.Add($"CREATE TRIGGER sum AFTER UPDATE ON child BEGIN UPDATE t SET {Quote(Column())} = {Literal(Values)} WHERE {target} = NEW.parent; END");
            IsStrict = false;
        }
    }

    private void MakeTriggers(List<string> sql)
    {
        var same = string.Join(" AND ", KeyColumns().Select(column => $"{Quote(column)} IS NEW.{Quote(column)}"));
        if (random.Next(5) == 0)
            sql.Add($"CREATE TRIGGER own1 AFTER INSERT ON t BEGIN UPDATE t SET {Quote(Column())} = {Literal(Values)} WHERE {same}; END");
        if (random.Next(6) == 0)
            sql.Add($"CREATE TRIGGER own2 AFTER UPDATE ON t BEGIN UPDATE t SET {Quote(Column())} = {Literal(Values)} WHERE {same}; END");
        if (random.Next(8) == 0)
            sql.Add($"CREATE TRIGGER own3 AFTER INSERT ON t WHEN NEW.{Quote(Column())} = 2 BEGIN DELETE FROM t WHERE {same}; END");
        if (random.Next(8) == 0)
        {
            sql.Add($"CREATE TRIGGER own4 BEFORE INSERT ON t BEGIN DELETE FROM t WHERE {Quote(Column())} = {Literal(Values)}; END");
            IsStrict = false;
        }

        if (random.Next(8) == 0)
        {
            sql.Add($"CREATE TRIGGER own5 BEFORE INSERT ON t BEGIN UPDATE t SET {Quote(Column())} = {Literal(Values)} WHERE {Quote(Column())} = NEW.{Quote(Column())}; END");
            IsStrict = false;
        }

        if (random.Next(10) == 0)
            sql.Add($"CREATE TRIGGER own6 BEFORE INSERT ON t WHEN NEW.{Quote(Column())} = 3 BEGIN SELECT RAISE(IGNORE); END");
    }

    private IEnumerable<string> KeyColumns() => conflictTargets.Exists(target => target.Contains(',', StringComparison.Ordinal)) ? [columns[0], "id"] : ["id"];

    private string Insert()
    {
        var names = columns.Where(_ => random.Next(8) > 0).ToList();
        if (names.Count == 0)
            names.Add(columns[0]);
        var rowId = hasRowId && random.Next(12) == 0 ? ", rowid" : "";
        var extra = rowId.Length > 0 ? 1 : 0;
        var into = $"INTO t ({string.Join(", ", names.Select(Quote))}{rowId})";
        var rows = string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            $"({string.Join(", ", names.Select(Value).Concat(Enumerable.Range(0, extra).Select(_ => random.Next(6).ToString(System.Globalization.CultureInfo.InvariantCulture))))})"));
        var verb = random.Next(7) switch { 0 => "INSERT OR REPLACE", 1 => "REPLACE", 2 => "INSERT OR IGNORE", 3 => "INSERT OR FAIL", 4 => "INSERT OR ROLLBACK", _ => "INSERT" };
        if (random.Next(10) == 0)
            return $"{verb} {into} SELECT {string.Join(", ", names.Select(name => random.Next(2) == 0 ? Quote(name) : Value(name)).Concat(Enumerable.Repeat("rowid + 1", extra)))} FROM t{Where()}";
        var upsert = random.Next(5) switch
        {
            0 => " ON CONFLICT DO NOTHING",
            1 => $" ON CONFLICT DO UPDATE SET {Sets()}",
            2 when conflictTargets.Count > 0 => $" ON CONFLICT ({conflictTargets[random.Next(conflictTargets.Count)]}) DO UPDATE SET {Sets()}",
            _ => "",
        };
        return $"{verb} {into} VALUES {rows}{upsert}";
    }

    private string Update()
    {
        var verb = random.Next(5) switch { 0 => "UPDATE OR REPLACE", 1 => "UPDATE OR IGNORE", 2 => "UPDATE OR FAIL", _ => "UPDATE" };
        return $"{verb} t SET {Sets()}{Where()}";
    }

    private string Child() => random.Next(3) switch
    {
        0 => $"INSERT OR REPLACE INTO child (id, parent, note) VALUES ({random.Next(4)}, {Literal(Values)}, 'n')",
        1 => $"UPDATE child SET parent = {Literal(Values)} WHERE id = {random.Next(4)}",
        _ => $"INSERT INTO child (parent) SELECT {Quote(Column())} FROM t LIMIT 2",
    };

    private string Sets()
    {
        var count = random.Next(1, 3);
        var sets = Enumerable.Range(0, count).Select(_ => Column()).Distinct().Select(name =>
            $"{Quote(name)} = {(random.Next(3) == 0 ? $"{Quote(name)} + 1" : random.Next(5) == 0 ? Quote(Column()) : Value(name))}").ToList();
        if (hasRowId && random.Next(15) == 0)
            sets.Add($"{Literal("rowid", "oid", "_rowid_")} = {random.Next(6)}");
        return string.Join(", ", sets);
    }

    private string Where() => random.Next(4) switch
    {
        0 => "",
        1 => $" WHERE {Quote(Column())} IS {Literal(Values)}",
        2 => $" WHERE {Quote(Column())} > {Literal(Values)}",
        _ => $" WHERE {Quote(Column())} = {Literal(Values)} OR {Quote(Column())} = {Literal(Values)}",
    };

    // An INTEGER PRIMARY KEY takes whole numbers alone.
    private string Value(string column) =>
        column == "id" && !isKeyNullable && random.Next(2) == 0 ? Literal("0", "1", "2", "3", "4", "NULL") : Literal(Values);

    private string Column() => columns[random.Next(columns.Count)];

    private string OnConflict() => random.Next(6) switch { 0 => " ON CONFLICT REPLACE", 1 => " ON CONFLICT IGNORE", _ => "" };

    private string Literal(params string[] texts) => texts[random.Next(texts.Length)];

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
