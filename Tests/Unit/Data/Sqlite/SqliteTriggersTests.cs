using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What single statements leave in the log, and what the triggers leave alone.</summary>
public sealed class SqliteTriggersTests
{
    [Theory]
    // One row replaces another of its key: an update, if anything differs.
    [InlineData("REPLACE INTO t VALUES (1, 'a', 9)", "{1,a,1} > {1,a,9}")]
    [InlineData("REPLACE INTO t VALUES (1, 'a', 1)", "")]
    [InlineData("INSERT OR REPLACE INTO t (id, u) VALUES (1, 'a')", "{1,a,1} > {1,a,null}")]
    // One row replaces several, by its key and by another unique column.
    [InlineData("REPLACE INTO t VALUES (1, 'B', 9)", "- {2,b,2}; {1,a,1} > {1,B,9}")]
    [InlineData("REPLACE INTO t VALUES (9, 'C', 9)", "- {3,c,3}; + {9,C,9}")]
    [InlineData("REPLACE INTO t VALUES (8, 'a', 8), (9, 'a', 9)", "- {1,a,1}; + {8,a,8}; - {8,a,8}; + {9,a,9}")]
    [InlineData("UPDATE OR REPLACE t SET u = 'c' WHERE id = 1", "- {3,c,3}; {1,a,1} > {1,c,1}")]
    [InlineData("UPDATE OR REPLACE t SET id = 3 WHERE id = 1", "- {3,c,3}; - {1,a,1}; + {3,a,1}")]
    [InlineData("UPDATE OR REPLACE t SET rowid = 3 WHERE id = 1", "- {3,c,3}; - {1,a,1}; + {3,a,1}")]
    // What does not happen is not logged, now or with a later statement.
    [InlineData("INSERT OR IGNORE INTO t VALUES (1, 'x', 9); INSERT INTO t VALUES (4, 'd', 4)", "+ {4,d,4}")]
    [InlineData("INSERT OR IGNORE INTO t VALUES (1, 'x', 9); DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (4, 'd', 4)", "- {1,a,1}; + {4,d,4}")]
    [InlineData("INSERT OR IGNORE INTO t VALUES (1, 'x', 9); UPDATE t SET id = 7 WHERE id = 1; INSERT INTO t VALUES (4, 'd', 4)", "- {1,a,1}; + {7,a,1}; + {4,d,4}")]
    [InlineData("UPDATE OR IGNORE t SET u = 'c'; UPDATE t SET v = 0 WHERE id = 3", "{3,c,3} > {3,c,0}")]
    [InlineData("INSERT INTO t VALUES (1, 'x', 9) ON CONFLICT DO NOTHING", "")]
    [InlineData("INSERT INTO t VALUES (1, 'x', 9) ON CONFLICT (id) DO UPDATE SET v = excluded.v", "{1,a,1} > {1,a,9}")]
    [InlineData("INSERT INTO t VALUES (1, 'x', 9) ON CONFLICT (id) DO UPDATE SET id = 5", "- {1,a,1}; + {5,a,1}")]
    [InlineData("INSERT INTO t VALUES (7, 'a', 9) ON CONFLICT (u) DO UPDATE SET v = v", "")]
    // Values that are equal for SQLite and still not the same.
    [InlineData("UPDATE t SET u = 'A' WHERE id = 1", "{1,a,1} > {1,A,1}")]
    [InlineData("UPDATE t SET v = 1.0 WHERE id = 1", "{1,a,1} > {1,a,1}")]
    [InlineData("UPDATE t SET v = '1' WHERE id = 1", "{1,a,1} > {1,a,1}")]
    [InlineData("UPDATE t SET v = 1, u = 'a' WHERE id = 1", "")]
    [InlineData("UPDATE t SET v = v", "")]
    public async Task Log_AfterAStatement_HasItsChanges(string sql, string expected) =>
        await LogIsAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT COLLATE NOCASE UNIQUE, v); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);", sql, expected);

    [Theory]
    [InlineData("PRAGMA recursive_triggers = ON; REPLACE INTO t VALUES (1, 'b', 9)", "- {1,a,1}; - {2,b,2}; + {1,b,9}")]
    [InlineData("PRAGMA recursive_triggers = ON; UPDATE OR REPLACE t SET u = 'b' WHERE id = 1", "- {2,b,2}; {1,a,1} > {1,b,1}")]
    public async Task Log_WithRecursiveTriggers_HasEachRowOnce(string sql, string expected) =>
        await LogIsAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE, v); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);", sql, expected);

    [Theory]
    // A key in other letters is another key to those who hold items by it.
    [InlineData("TEXT COLLATE NOCASE PRIMARY KEY", "", "REPLACE INTO t VALUES ('A', 9)", "- {a,1}; + {A,9}")]
    [InlineData("TEXT COLLATE NOCASE PRIMARY KEY", "WITHOUT ROWID", "REPLACE INTO t VALUES ('A', 9)", "- {a,1}; + {A,9}")]
    [InlineData("TEXT COLLATE NOCASE PRIMARY KEY", "WITHOUT ROWID", "REPLACE INTO t VALUES ('a', 9)", "{a,1} > {a,9}")]
    [InlineData("TEXT COLLATE NOCASE PRIMARY KEY", "WITHOUT ROWID", "INSERT INTO t VALUES ('A', 9) ON CONFLICT (id) DO UPDATE SET id = excluded.id", "- {a,1}; + {A,1}")]
    [InlineData("TEXT COLLATE RTRIM PRIMARY KEY", "", "UPDATE t SET id = 'a '", "- {a,1}; + {a ,1}")]
    [InlineData("TEXT COLLATE NOCASE PRIMARY KEY", "", "UPDATE t SET id = 'A'", "- {a,1}; + {A,1}")]
    [InlineData("TEXT PRIMARY KEY", "WITHOUT ROWID", "UPDATE t SET id = 'A'", "- {a,1}; + {A,1}")]
    [InlineData("TEXT PRIMARY KEY", "", "UPDATE t SET rowid = 77", "")]
    [InlineData("TEXT PRIMARY KEY", "", "INSERT OR REPLACE INTO t (rowid, id) VALUES (1, 'b')", "- {a,1}; + {b,null}")]
    [InlineData("TEXT PRIMARY KEY", "STRICT", "REPLACE INTO t VALUES ('a', 2)", "{a,1} > {a,2}")]
    // A row whose key holds NULL is no item; it becomes one with its key.
    [InlineData("TEXT PRIMARY KEY", "", "INSERT INTO t VALUES (NULL, 5)", "")]
    [InlineData("TEXT PRIMARY KEY", "", "INSERT INTO t VALUES (NULL, 5); UPDATE t SET v = 6 WHERE id IS NULL; UPDATE t SET id = 'n' WHERE id IS NULL", "+ {n,6}")]
    [InlineData("TEXT PRIMARY KEY", "", "UPDATE t SET id = NULL; DELETE FROM t", "- {a,1}")]
    public async Task Log_OfTablesWithOtherKeys_HasTheChanges(string key, string option, string sql, string expected) =>
        await LogIsAsync($"CREATE TABLE t (id {key}, v ANY) {option}; INSERT INTO t VALUES ('a', 1);", sql, expected);

    [Theory]
    [InlineData("CREATE UNIQUE INDEX i ON t (lower(a))", "REPLACE INTO t VALUES (2, 'X', 0)", "- {1,x,1}; + {2,X,0}")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a) WHERE b > 0", "REPLACE INTO t VALUES (2, 'x', 0)", "+ {2,x,0}")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a) WHERE b > 0", "REPLACE INTO t VALUES (2, 'x', 5)", "- {1,x,1}; + {2,x,5}")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE, b)", "REPLACE INTO t VALUES (2, 'X', 1.0)", "- {1,x,1}; + {2,X,1}")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a || ',' || coalesce(b, ')'))", "REPLACE INTO t VALUES (2, 'x', '1')", "- {1,x,1}; + {2,x,1}")]
    public async Task Log_OfATableWithAUniqueIndex_HasTheRowsItReplaces(string index, string sql, string expected) =>
        await LogIsAsync($"CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 'x', 1); {index};", sql, expected);

    [Fact]
    public async Task Log_OfAnIndexOnlyOfRowsWithCertainKeys_HasTheRowReplacedForOneWhoseKeyIsDrawn() =>
        await LogIsAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE UNIQUE INDEX i ON t (a) WHERE id > 1; INSERT INTO t VALUES (5, 'x');",
            "REPLACE INTO t (a) VALUES ('x')",
            "- {5,x}; + {6,x}");

    [Theory]
    [InlineData("CREATE UNIQUE INDEX i ON t (a)")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a) WHERE a > 'c'")]
    [InlineData("CREATE UNIQUE INDEX i ON t (upper(a))")]
    [InlineData("CREATE UNIQUE INDEX i ON t (n) WHERE n = 1")]
    [InlineData("CREATE UNIQUE INDEX i ON t (typeof(n))")]
    public async Task Log_OfReplaceThatPutsADefault_HasTheRowItReplaces(string index) =>
        await LogIsAsync(
            $"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'd', n INT NOT NULL DEFAULT '1'); INSERT INTO t VALUES (1, 'd', 1); {index};",
            "REPLACE INTO t VALUES (2, NULL, NULL)",
            "- {1,d,1}; + {2,d,1}");

    /// <summary>A word without quotes, or in double ones, is a text in a default; anywhere else it would be a column.</summary>
    [Theory]
    [InlineData("word")]
    [InlineData("\"word\"")]
    public async Task Log_OfReplaceThatPutsAWord_HasTheRowItReplaces(string @default) => await LogIsAsync(
        $"CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT NOT NULL DEFAULT {@default} UNIQUE, v); INSERT INTO t VALUES (1, 'word', 1);",
        "REPLACE INTO t VALUES (2, NULL, 2)",
        "- {1,word,1}; + {2,word,2}");

    [Fact]
    public async Task Log_OfAColumnLeftOut_HasNoChangeOfItButTheRowsItReplaces()
    {
        await using var database = new SqliteChangeLogHarness("CREATE TABLE t (id INTEGER PRIMARY KEY, a, secret UNIQUE); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2);");
        var resource = database.Define("t", watchable: true, ["secret"]);
        Assert.Equal(
            "- {1,x}; {2,y} > {2,z}",
            await LogAsync(database, resource, "UPDATE t SET secret = 3 WHERE id = 1; UPDATE OR REPLACE t SET secret = 3 WHERE id = 2; UPDATE t SET a = 'z'"));
    }

    [Fact]
    public async Task Log_OfForeignKeyActions_HasTheRowsTheyTouch() =>
        await LogIsAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, parent REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE);
            INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2);
            """,
            "PRAGMA foreign_keys = ON; UPDATE t SET id = 9 WHERE id = 2; DELETE FROM t WHERE id = 1",
            "{3,2} > {3,9}; - {2,1}; + {9,1}; - {3,9}; - {9,1}; - {1,null}");

    [Fact]
    public async Task Log_OfARowThatItsOwnKeyCascadesTo_EndsWithWhatTheTableHolds() =>
        await LogIsAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, parent REFERENCES t ON UPDATE CASCADE); INSERT INTO t VALUES (1, 1);",
            "PRAGMA foreign_keys = ON; UPDATE t SET id = 2",
            "{2,1} > {2,2}; - {1,1}; + {2,2}");

    /// <summary>A trigger that a foreign key's action fires comes before ours, which log the statement's own change.</summary>
    [Theory]
    [InlineData("UPDATE t SET id = 1 WHERE id = 2", "UPDATE t SET id = 2, v = 6", "- {2,6}; + {1,6}; - {1,5}; + {1,6}")]
    [InlineData("INSERT INTO t VALUES (1, 6)", "DELETE FROM t", "+ {1,6}; - {1,5}; + {1,6}")]
    public async Task Log_OfAKeyThatIsTakenAgainMeanwhile_EndsWithWhatTheTableHolds(string again, string sql, string expected) =>
        await LogIsAsync(
            $"""
            CREATE TABLE t (id INTEGER PRIMARY KEY, v);
            CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES t ON UPDATE CASCADE ON DELETE SET NULL);
            CREATE TRIGGER back AFTER UPDATE ON child BEGIN {again}; END;
            INSERT INTO t VALUES (1, 5);
            INSERT INTO child VALUES (1, 1);
            """,
            $"PRAGMA foreign_keys = ON; {sql}",
            expected);

    /// <summary>The last that a client was told of the row is its image before the statement.</summary>
    [Theory]
    [InlineData("UPDATE t SET id = 'b' WHERE n = NEW.parent", "- {a,2}; + {b,2}; - {a,1}")]
    [InlineData("DELETE FROM t WHERE n = NEW.parent", "- {a,2}; - {a,1}")]
    [InlineData("UPDATE t SET id = 'b'; INSERT INTO t VALUES ('a', 3)", "- {a,2}; + {b,2}; + {a,3}; - {a,1}; + {a,3}")]
    public async Task Log_OfARowWhoseKeyIsGivenUpMeanwhile_HasItRemovedAsItWas(string meanwhile, string expected) =>
        await LogIsAsync(
            $"""
            CREATE TABLE t (id TEXT PRIMARY KEY, n UNIQUE);
            CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES t (n) ON UPDATE CASCADE ON DELETE SET NULL);
            CREATE TRIGGER further AFTER UPDATE ON child BEGIN {meanwhile}; END;
            INSERT INTO t VALUES ('a', 1);
            INSERT INTO child VALUES (1, 1);
            """,
            "PRAGMA foreign_keys = ON; UPDATE t SET n = 2",
            expected);

    [Fact]
    public async Task Log_OfTheTablesOwnTriggers_HasTheirChangesAfterTheStatements() =>
        await LogIsAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, v, changed DEFAULT 0);
            CREATE TRIGGER touch AFTER INSERT ON t BEGIN UPDATE t SET changed = changed + 1 WHERE id = NEW.id; END;
            CREATE TRIGGER again AFTER UPDATE OF v ON t BEGIN UPDATE t SET changed = changed + 1 WHERE id = NEW.id; END;
            """,
            "INSERT INTO t (id, v) VALUES (1, 'a'); UPDATE t SET v = 'b'",
            "+ {1,a,0}; {1,a,0} > {1,a,1}; {1,a,1} > {1,b,1}; {1,b,1} > {1,b,2}");

    [Fact]
    public async Task Log_OfABeforeTriggerThatMakesRoom_HasEachRowOnce() =>
        await LogIsAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, u UNIQUE);
            CREATE TRIGGER room BEFORE INSERT ON t BEGIN DELETE FROM t WHERE u = NEW.u; UPDATE t SET u = 'z' WHERE id = NEW.id; END;
            INSERT INTO t VALUES (1, 'a'), (2, 'b');
            """,
            "REPLACE INTO t VALUES (2, 'a')",
            "- {1,a}; {2,b} > {2,z}; {2,z} > {2,a}");

    [Fact]
    public async Task Log_OfABeforeTriggerThatMovesARowInTheWay_HasThatRowReplaced() =>
        await LogIsAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, v);
            INSERT INTO t VALUES (1, 'a'), (2, 'b');
            CREATE TRIGGER push BEFORE INSERT ON t BEGIN UPDATE t SET id = NEW.id WHERE id = 1; END;
            """,
            "REPLACE INTO t VALUES (9, 'c')",
            "- {1,a}; + {9,a}; {9,a} > {9,c}");

    [Fact]
    public async Task Log_OfABeforeTriggerWhoseUpdateIsIgnored_HasTheRowReplaced() =>
        await LogIsAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE ON CONFLICT IGNORE, b UNIQUE ON CONFLICT REPLACE);
            CREATE TRIGGER same BEFORE INSERT ON t BEGIN UPDATE t SET a = 'x' WHERE b = NEW.b; END;
            INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2);
            """,
            "INSERT INTO t VALUES (3, 'z', 2)",
            "- {2,y,2}; + {3,z,2}");

    [Fact]
    public async Task Values_OfEveryStorageClass_AreReadAsTheyAreStored()
    {
        await using var database = new SqliteChangeLogHarness("CREATE TABLE t (id INTEGER PRIMARY KEY, v);");
        string[] values =
        [
            "NULL", "1", "1.0", "0.1 + 0.2", "9e999", "-9e999", "9223372036854775807", "-9223372036854775808", "5e-324", "''", "x''", "x'00ff'", "'é𝄞'", "CAST(x'610062' AS TEXT)",
            "CAST(x'ff61' AS TEXT)", "zeroblob(5000)", "hex(zeroblob(5000))",
        ];
        var resource = database.Define("t");
        var catalog = new ResourceCatalog([resource]);
        var start = await database.Log.PrepareAsync(catalog, CancellationToken.None);
        foreach (var value in values)
            database.Execute($"INSERT INTO t (v) VALUES ({value})");
        var page = await database.Log.ReadAsync(catalog, start!.Head.Position, 1 << 20, null, CancellationToken.None);

        using var connection = database.Connect();
        var stored = connection.Rows("SELECT v FROM t ORDER BY id", reader => SqliteProjection.Read(resource.Columns[1], reader, 0));
        Assert.Equal(values.Length, page.Changes.Count);
        for (var i = 0; i < values.Length; i++)
            Assert.True(ImageEquality.AreEqual([stored[i]], [page.Changes[i].After!.Values[1]]), values[i]);
    }

    [Fact]
    public async Task Writer_OfACapturedTable_SeesItsOwnRowIdsAndCounts()
    {
        await using var database = new SqliteChangeLogHarness("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, u UNIQUE); INSERT INTO t VALUES (41, 'x');");
        await database.Log.PrepareAsync(new([database.Define("t")]), CancellationToken.None);
        using var connection = database.Connect();
        connection.Run("INSERT INTO t (u) VALUES ('a'), ('b')");
        Assert.Equal(43, connection.Scalar<long>("SELECT last_insert_rowid()"));
        Assert.Equal(2, connection.Scalar<long>("SELECT changes()"));
        connection.Run("REPLACE INTO t (u) VALUES ('a')");
        Assert.Equal(44, connection.Scalar<long>("SELECT last_insert_rowid()"));
        Assert.Equal(1, connection.Scalar<long>("SELECT changes()"));
        Assert.Equal(2, connection.Run("UPDATE t SET u = u || '!' WHERE id > 42"));
        Assert.Equal(45, connection.Scalar<long>("INSERT INTO t (u) VALUES ('c') RETURNING id"));
        Assert.Equal(4, connection.Run("DELETE FROM t"));
    }

    [Theory]
    [InlineData("INSERT INTO t (u) VALUES ('x'), ('y')")]
    [InlineData("INSERT INTO t VALUES (1, 'z', 0)")]
    [InlineData("INSERT INTO t VALUES (7, 'z', 0), (8, 'a', 0)")]
    [InlineData("INSERT OR IGNORE INTO t VALUES (1, 'z', 0), (7, 'z', 0)")]
    [InlineData("INSERT OR FAIL INTO t VALUES (7, 'z', 0), (8, 'a', 0)")]
    [InlineData("REPLACE INTO t VALUES (1, 'b', 0), (9, 'c', 0)")]
    [InlineData("INSERT INTO t VALUES (1, 'x', 5) ON CONFLICT (id) DO UPDATE SET v = v + excluded.v")]
    [InlineData("INSERT INTO t VALUES (9, 'a', 5) ON CONFLICT DO NOTHING")]
    [InlineData("UPDATE t SET u = 'b' WHERE id = 1")]
    [InlineData("UPDATE OR REPLACE t SET u = 'b' WHERE id = 1")]
    [InlineData("UPDATE OR IGNORE t SET id = 2 WHERE id = 1")]
    [InlineData("UPDATE t SET v = NULL; DELETE FROM t WHERE v IS NULL")]
    [InlineData("UPDATE t SET n = 1")]
    public async Task Writer_OfACapturedTable_GetsWhatItWouldGetWithout(string sql)
    {
        const string Schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, u UNIQUE, v CHECK (v < 100)); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);";
        await using var captured = new SqliteChangeLogHarness(Schema);
        await using var plain = new SqliteChangeLogHarness(Schema);
        await captured.Log.PrepareAsync(new([captured.Define("t")]), CancellationToken.None);
        Assert.Equal(Outcome(plain), Outcome(captured));

        string Outcome(SqliteChangeLogHarness database)
        {
            using var connection = database.Connect();
            var error = "";
            try
            {
                connection.Run(sql);
            }
            catch (SqliteException e)
            {
                error = e.Message;
            }

            const string Counts = "SELECT error || '|' || last_insert_rowid() || '|' || changes() FROM (SELECT $error AS error)";
            var rows = connection.Rows("SELECT * FROM t", static reader => $"{reader.GetValue(0)},{reader.GetValue(1)},{reader.GetValue(2)}");
            return $"{connection.Scalar<string>(Counts, ("$error", error))}|{string.Join(';', rows)}";
        }
    }

    [Fact]
    public async Task Triggers_OnAWideTable_AreMadeAndFire()
    {
        var columns = string.Join(", ", Enumerable.Range(0, SqliteLogTables.MaxColumns - 1).Select(i => $"c{i}"));
        await using var database = new SqliteChangeLogHarness($"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns}); INSERT INTO t (id) VALUES (1);");
        var catalog = new ResourceCatalog([database.Define("t")]);
        var start = await database.Log.PrepareAsync(catalog, CancellationToken.None);
        database.Execute("UPDATE t SET c900 = 5; REPLACE INTO t (id, c1) VALUES (1, 2)");
        var page = await database.Log.ReadAsync(catalog, start!.Head.Position, 1 << 20, null, CancellationToken.None);
        Assert.Equal(2, page.Changes.Count);
        Assert.Equal(5, page.Changes[0].After!.Values[901].Integer);
    }

    [Fact]
    public async Task Collisions_AreFoundByTheIndexesAlone()
    {
        await using var database = new SqliteChangeLogHarness(
            """
            CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, a NOT NULL DEFAULT 5 UNIQUE, b);
            CREATE UNIQUE INDEX i1 ON t (lower(a), b COLLATE NOCASE) WHERE b > 0;
            """);
        using var connection = database.Connect();
        var shape = SqliteTableShape.Read(connection, "t")!;
        var trigger = SqliteTriggers.For(database.Define("t"), shape, 1).Single(t => t.Name.EndsWith("insert_before", StringComparison.Ordinal));
        var search = trigger.Sql.Split(" WHEN ")[1].Split(" BEGIN ")[0];
        // With the names of the new row's columns as values, the condition is an expression of its own.
        foreach (var name in new[] { "rowid", "`id`", "`a`", "`b`" })
            search = search.Replace("NEW." + name, "1", StringComparison.Ordinal);
        var plan = connection.Rows($"EXPLAIN QUERY PLAN SELECT {search}", static reader => reader.GetString(3));
        Assert.Equal(4, plan.Count(step => step.StartsWith("SEARCH t USING", StringComparison.Ordinal)));
        Assert.DoesNotContain(plan, step => step == "SCAN t USING INDEX" || (step == "SCAN t" && !plan.Contains("CO-ROUTINE t")));
    }

    private static async Task LogIsAsync(string schema, string sql, string expected)
    {
        await using var database = new SqliteChangeLogHarness(schema);
        Assert.Equal(expected, await LogAsync(database, database.Define("t"), sql));
    }

    private static async Task<string> LogAsync(SqliteChangeLogHarness database, ResourceDefinition resource, string sql)
    {
        var catalog = new ResourceCatalog([resource]);
        var start = await database.Log.PrepareAsync(catalog, CancellationToken.None);
        database.Execute(sql);
        var page = await database.Log.ReadAsync(catalog, start!.Head.Position, 1 << 20, null, CancellationToken.None);
        return string.Join("; ", page.Changes.Select(change => SqliteChangeLogHarness.Describe(change)[2..]));
    }
}
