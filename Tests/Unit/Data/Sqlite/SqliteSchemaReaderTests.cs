using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteSchemaReaderTests
{
    [Fact]
    public async Task Read_SystemVirtualShadowHistoryAndOwnTables_AreLeftOut()
    {
        var tables = await ReadAsync("""
            CREATE TABLE Orders (Id INTEGER PRIMARY KEY AUTOINCREMENT);
            CREATE VIRTUAL TABLE Search USING fts5(Text);
            CREATE TABLE "__EFMigrationsHistory" (MigrationId TEXT PRIMARY KEY, ProductVersion TEXT);
            CREATE TABLE realtime_log (id TEXT PRIMARY KEY);
            INSERT INTO Orders VALUES (1);
            ANALYZE;
            """);
        Assert.Equal("Orders", Assert.Single(tables).Table.Name);
    }

    [Fact]
    public async Task Read_Keys_AreFoundInTheirOwnOrder()
    {
        var tables = await ReadAsync("""
            CREATE TABLE A (Id INTEGER PRIMARY KEY, Name TEXT);
            CREATE TABLE B (Line INT, OrderId INT, Note TEXT, PRIMARY KEY (OrderId, Line));
            CREATE TABLE C (Code TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE D (Code TEXT PRIMARY KEY);
            CREATE TABLE E (Name TEXT NOT NULL UNIQUE, Other TEXT, UNIQUE (Other, Name));
            CREATE UNIQUE INDEX Part ON E (Other) WHERE Other > 'x';
            CREATE UNIQUE INDEX Expression ON E (lower(Other));
            CREATE TABLE F (Id INTEGER PRIMARY KEY DESC);
            """);
        Assert.Equal(["Id"], tables[0].Key);
        Assert.Equal(["OrderId", "Line"], tables[1].Key);
        Assert.Equal(["Code"], tables[2].Key);
        Assert.Empty(tables[4].Key);
        Assert.Equal([["Other", "Name"], ["Name"]], tables[4].UniqueKeys);
        // The rowid and the key of a WITHOUT ROWID table are never null; any other key may be.
        Assert.Equal([false, false, true, true], new[] { 0, 2, 3, 5 }.Select(i => tables[i].Columns[0].Nullable));
    }

    [Fact]
    public async Task Read_GeneratedColumns_AreReadOnly()
    {
        var table = (await ReadAsync("CREATE TABLE T (Id INTEGER PRIMARY KEY, A INT, V INT AS (A + 1), S INT AS (A + 2) STORED)"))[0];
        Assert.Equal(["Id", "A", "V", "S"], table.Columns.Select(c => c.Name));
        Assert.Equal([false, false, true, true], table.Columns.Select(c => c.ReadOnly));
    }

    [Theory]
    [InlineData("INTEGER", "Integer", "Integer")]
    [InlineData("BIGINT", "Integer", "Integer")]
    [InlineData("BOOLEAN", "Boolean", "Numeric")]
    [InlineData("BIT", "Boolean", "Numeric")]
    [InlineData("DECIMAL(10,2)", "Decimal", "Numeric")]
    [InlineData("numeric", "Decimal", "Numeric")]
    [InlineData("MONEY", "Decimal", "Numeric")]
    [InlineData("REAL", "Double", "Real")]
    [InlineData("DOUBLE PRECISION", "Double", "Real")]
    [InlineData("NVARCHAR(160)", "String", "Text")]
    [InlineData("CHARACTER(20)", "String", "Text")]
    [InlineData("CLOB", "String", "Text")]
    [InlineData("UNIQUEIDENTIFIER", "Guid", "Numeric")]
    [InlineData("uuid", "Guid", "Numeric")]
    [InlineData("BLOB", "Binary", "Blob")]
    [InlineData("VARBINARY(16)", "Binary", "Numeric")]
    [InlineData("DATE", "Date", "Numeric")]
    [InlineData("TIME", "Time", "Numeric")]
    [InlineData("DATETIME", "DateTime", "Numeric")]
    [InlineData("DATETIME2(7)", "DateTime", "Numeric")]
    [InlineData("TIMESTAMP WITH TIME ZONE", "DateTime", "Numeric")]
    [InlineData("", "Any", "Blob")]
    [InlineData("JSON", "Any", "Numeric")]
    [InlineData("POINT", "Any", "Integer")]
    public async Task Read_DeclaredType_GivesTheFieldTypeAndAffinity(string declared, string type, string affinity)
    {
        var column = (await ReadAsync($"CREATE TABLE T (Id INTEGER PRIMARY KEY, C {declared})"))[0].Columns[1];
        Assert.Equal((type, affinity, declared), (column.Type.ToString(), Storage(column).Affinity.ToString(), column.DeclaredType));
    }

    [Fact]
    public async Task Read_StrictTable_KnowsAnyWithoutConversion()
    {
        var columns = (await ReadAsync("CREATE TABLE T (Id INT PRIMARY KEY, A ANY, B BLOB, C TEXT, D REAL) STRICT"))[0].Columns;
        Assert.Equal([FieldType.Integer, FieldType.Any, FieldType.Binary, FieldType.String, FieldType.Double], columns.Select(c => c.Type));
        Assert.Equal(SqliteAffinity.Blob, Storage(columns[1]).Affinity);
    }

    [Fact]
    public async Task Read_LengthsAndCollations_AreFound()
    {
        var columns = (await ReadAsync("CREATE TABLE T (Id TEXT COLLATE NOCASE PRIMARY KEY, A NVARCHAR(160), B TEXT COLLATE rtrim, C VARBINARY(16), D DECIMAL(10,2))"))[0].Columns;
        Assert.Equal([null, 160, null, 16, null], columns.Select(c => c.MaxLength));
        Assert.Equal(["NOCASE", "BINARY", "RTRIM", "BINARY", "BINARY"], columns.Select(c => Storage(c).Collation));
        Assert.Same(SqliteTextRules.NoCase, columns[0].TextRules);
    }

    [Fact]
    public async Task Read_OddNames_AreTakenAsTheyAre()
    {
        var table = (await ReadAsync("CREATE TABLE \"Order `Details`; DROP\" (\"a\"\"b\" INTEGER PRIMARY KEY, [c d] DATE, `e``f` TEXT, 'g' DATETIME)"))[0];
        Assert.Equal("Order `Details`; DROP", table.Table.Name);
        Assert.Equal(["a\"b", "c d", "e`f", "g"], table.Columns.Select(c => c.Name));
    }

    [Fact]
    public async Task Read_View_TakesItsColumnsFromTheTableItShows()
    {
        var view = (await ReadAsync("""
            CREATE TABLE T (Id INTEGER PRIMARY KEY, Price DECIMAL(8,2) NOT NULL, At DATETIME, Name TEXT COLLATE NOCASE);
            INSERT INTO T VALUES (1, 2, '2026-11-23T11:06:26.120Z', 'x');
            CREATE VIEW V AS SELECT Id AS Number, Price, Price * 2 AS Twice, At, Name FROM T WHERE Price > 1 ORDER BY At;
            """)).Single(t => t.IsView);
        Assert.Equal(["Number", "Price", "Twice", "At", "Name"], view.Columns.Select(c => c.Name));
        Assert.Equal([FieldType.Integer, FieldType.Decimal, FieldType.Any, FieldType.DateTime, FieldType.String], view.Columns.Select(c => c.Type));
        Assert.Equal(new SqliteTextTime(SqliteClock.Fixed, 3, "Z"), Storage(view.Columns[3]).TextTime);
        Assert.Equal("NOCASE", Storage(view.Columns[4]).Collation);
        Assert.Equal(["Number"], view.Key);
    }

    [Theory]
    [InlineData("SELECT * FROM T", true)]
    [InlineData("SELECT Id FROM main.T AS x WHERE Id IN (SELECT U FROM U)", true)]
    [InlineData("SELECT /* FROM U, */ T.Id, 'FROM U' -- FROM U\n FROM T", true)]
    [InlineData("SELECT * FROM Below", true)]
    [InlineData("SELECT Name FROM T", false)]
    [InlineData("SELECT T.* FROM T, U", false)]
    [InlineData("SELECT T.* FROM T JOIN U ON U = Id", false)]
    [InlineData("SELECT T.* FROM T LEFT JOIN U ON U = Id", false)]
    [InlineData("SELECT T.* FROM T NATURAL JOIN U", false)]
    [InlineData("SELECT * FROM T UNION ALL SELECT * FROM T", false)]
    [InlineData("WITH t2 AS (SELECT * FROM T) SELECT * FROM t2", false)]
    [InlineData("SELECT (SELECT Id FROM T LIMIT 1) AS Id, Name FROM T", false)]
    [InlineData("SELECT Id FROM (SELECT T.* FROM T, U)", false)]
    [InlineData("SELECT Id, count(*) FROM T GROUP BY Name", false)]
    [InlineData("SELECT value AS Id FROM json_each('[1,1]')", false)]
    public async Task Read_View_HasAKeyOnlyWhereEveryRowAppearsOnce(string select, bool certain)
    {
        var tables = await ReadAsync($"""
            CREATE TABLE T (Id INTEGER PRIMARY KEY, Name TEXT);
            CREATE TABLE U (U INT);
            CREATE VIEW Below AS SELECT Id, Name FROM T;
            CREATE VIEW V AS {select};
            """);
        Assert.Equal(certain ? ["Id"] : [], tables.Single(t => t.Table.Name == "V").Key);
    }

    [Fact]
    public async Task Read_ViewOverADroppedTable_IsLeftOut()
    {
        var tables = await ReadAsync("CREATE TABLE T (Id INTEGER PRIMARY KEY); CREATE TABLE U (Id INT); CREATE VIEW V AS SELECT * FROM U; DROP TABLE U;");
        Assert.Equal("T", Assert.Single(tables).Table.Name);
    }

    [Theory]
    [InlineData("DATETIME", "'2026-11-23 11:06:26', '2026-11-23 11:06:26.12'", FieldType.DateTime, "TextSpace Trimmed 0 ")]
    [InlineData("DATETIME", "'2026-11-23 11:06:26.120', '2026-11-23 11:06:26.000'", FieldType.DateTime, "TextSpace Fixed 3 ")]
    [InlineData("DATETIME", "'2026-11-23T11:06:26.120Z'", FieldType.DateTime, "TextT Fixed 3 Z")]
    [InlineData("DATETIME", "'2026-11-23T11:06:26Z'", FieldType.DateTime, "TextT Fixed 0 Z")]
    [InlineData("DATETIME", "'2026-11-23 11:06:26.123456', '2026-11-23 11:06:27'", FieldType.DateTime, "TextSpace FixedOrNone 6 ")]
    [InlineData("DATETIME", "'2026-11-23 11:06:26.123456+00:00'", FieldType.DateTime, "TextSpace FixedOrNone 6 +00:00")]
    [InlineData("DATETIME", "'2026-11-23T11:06'", FieldType.DateTime, "TextT Minutes 0 ")]
    [InlineData("DATETIME", "'2026-11-23'", FieldType.DateTime, "TextDate Trimmed 0 ")]
    [InlineData("DATETIME", "1795432000", FieldType.DateTime, "UnixSeconds Trimmed 0 ")]
    [InlineData("DATETIME", "1795432000123", FieldType.DateTime, "UnixMilliseconds Trimmed 0 ")]
    [InlineData("DATETIME", "2461368.25", FieldType.DateTime, "JulianDay Trimmed 0 ")]
    [InlineData("DATETIME", "'soon', 'x', '2026-11-23T11:06:26', NULL", FieldType.DateTime, "TextT Trimmed 0 ")]
    [InlineData("DATETIME", "NULL", FieldType.DateTime, "TextSpace Trimmed 0 ")]
    [InlineData("DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 0, 'unixepoch'))", "NULL", FieldType.DateTime, "TextT Fixed 3 Z")]
    [InlineData("DATE", "'2026-11-23'", FieldType.Date, "TextDate Trimmed 0 ")]
    [InlineData("DATE", "'2026-11-23 00:00:00'", FieldType.Date, "TextSpace Trimmed 0 ")]
    [InlineData("DATE", "'2026-11-23 00:00:00', '2026-11-23 10:00:00'", FieldType.DateTime, "TextSpace Trimmed 0 ")]
    [InlineData("TIME", "'11:06:26.123'", FieldType.Time, "TextTime Fixed 3 ")]
    public async Task Read_DateColumn_TakesTheFormThatMostValuesHave(string declared, string values, object type, string format)
    {
        var rows = string.Join(", ", values.Split(", ").Select(v => $"({v})"));
        var column = (await ReadAsync($"CREATE TABLE T (Id INTEGER PRIMARY KEY, C {declared}); INSERT INTO T (C) VALUES {rows}"))[0].Columns[1];
        var storage = Storage(column);
        Assert.Equal(type, column.Type);
        Assert.Equal(format, $"{storage.DateFormat} {storage.TextTime.Clock} {storage.TextTime.Digits} {storage.TextTime.Suffix}");
    }

    [Theory]
    [InlineData("'0f8fad5b-d9cb-469f-a165-70867728950e'", "Lower")]
    [InlineData("'0F8FAD5B-D9CB-469F-A165-70867728950E'", "Upper")]
    [InlineData("x'0f8fad5bd9cb469fa16570867728950e'", "Blob")]
    [InlineData("NULL", "Upper")]
    public async Task Read_GuidColumn_TakesTheFormThatMostValuesHave(string value, string format)
    {
        var column = (await ReadAsync($"CREATE TABLE T (Id GUID PRIMARY KEY); INSERT INTO T VALUES ({value})"))[0].Columns[0];
        Assert.Equal(format, Storage(column).GuidFormat.ToString());
    }

    private static SqliteStorage Storage(ColumnSchema column) => (SqliteStorage)column.Storage!;

    private static async Task<IReadOnlyList<TableSchema>> ReadAsync(string sql)
    {
        using var database = new TempDatabase(sql);
        var reader = new SqliteSchemaReader(new SqliteConnections(database.ConnectionString), NullLogger<SqliteSchemaReader>.Instance);
        return await reader.ReadAsync(TestContext.Current.CancellationToken);
    }
}
