using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;
using TokenType = Microsoft.SqlServer.TransactSql.ScriptDom.TSqlTokenType;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerScriptTests
{
    [Fact]
    public void Script_OfChinook_IsAsReviewed()
    {
        var script = SqlServerMigrations.Script(SqlServerEngines.SqlServer, SqlServerMusicShop.Catalog, SqlServerMusicShop.Shapes);
        TSqlText.AssertParses(script);
        GoldenFile.AssertEqual("Chinook.migrate.sql", script);
    }

    [Fact]
    public void Script_OfChinookOnBabelfish_IsAsReviewed()
    {
        var script = SqlServerMigrations.Script(SqlServerEngines.Babelfish, SqlServerMusicShop.Catalog, SqlServerMusicShop.Shapes);
        TSqlText.AssertParses(script);
        GoldenFile.AssertEqual("Chinook.babelfish.migrate.sql", script);
    }

    [Fact]
    public void Script_OfRemoval_IsAsReviewed()
    {
        var script = SqlServerMigrations.ScriptRemoval(SqlServerEngines.SqlServer);
        TSqlText.AssertParses(script);
        TSqlText.AssertParses(SqlServerMigrations.ScriptRemoval(SqlServerEngines.Babelfish));
        GoldenFile.AssertEqual("Remove.sql", script);
    }

    [Fact]
    public void Triggers_OfAnOddTable_AreAsReviewed()
    {
        var triggers = SqlServerTriggers.For(SqlServerMusicShop.Odd, SqlServerMusicShop.OddShape, SqlServerEngines.SqlServer);
        foreach (var trigger in triggers)
            TSqlText.AssertParses(trigger.Sql);
        TSqlText.AssertParses(SqlServerBatches.Capture(SqlServerMusicShop.Odd, SqlServerMusicShop.OddShape, SqlServerEngines.SqlServer).Sql);
        GoldenFile.AssertEqual("Odd.triggers.sql", string.Join("\nGO\n", triggers.Select(static trigger => trigger.Sql)) + "\nGO\n");
    }

    [Fact]
    public void Triggers_OfChinook_AreAsReviewed()
    {
        var triggers = SqlServerMusicShop.Catalog.Resources
            .Where(static resource => resource.Watchable)
            .SelectMany(static resource => SqlServerTriggers.For(resource, SqlServerMusicShop.Shape(resource), SqlServerEngines.SqlServer));
        var script = string.Join("\nGO\n", triggers.Select(static trigger => trigger.Sql)) + "\nGO\n";
        TSqlText.AssertParses(script);
        GoldenFile.AssertEqual("Chinook.triggers.sql", script);
    }

    [Fact]
    public void Triggers_OfAThousandColumns_Parse()
    {
        foreach (var engine in new[] { SqlServerEngines.SqlServer, SqlServerEngines.Babelfish })
            foreach (var trigger in SqlServerTriggers.For(SqlServerMusicShop.Wide, SqlServerMusicShop.Shape(SqlServerMusicShop.Wide), engine))
                TSqlText.AssertParses(trigger.Sql);
    }

    [Fact]
    public void Triggers_ThatAreToldTwice_Parse()
    {
        foreach (var resource in SqlServerMusicShop.Catalog.Resources.Append(SqlServerMusicShop.Odd))
            foreach (var trigger in SqlServerTriggers.For(resource, SqlServerMusicShop.Shape(resource) with { IsToldTwice = true }, SqlServerEngines.Babelfish))
                TSqlText.AssertParses(trigger.Sql);
    }

    [Fact]
    public void Triggers_OfAKeyOfPointsInTime_TellOffsetsApart()
    {
        var odd = SqlServerMusicShop.Odd;
        var zoned = odd.Columns.First(static column => SqlServerStorage.Of(column).Type == System.Data.SqlDbType.DateTimeOffset);
        var triggers = SqlServerTriggers.For(odd with { Key = [zoned] }, SqlServerMusicShop.OddShape, SqlServerEngines.SqlServer);
        Assert.All(triggers, static trigger => TSqlText.AssertParses(trigger.Sql));
        var name = SqlServerColumn.Name(zoned);
        Assert.Contains($"DATEPART(tzoffset, i.{name}) = DATEPART(tzoffset, d.{name})", triggers[1].Sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Statements_OfTheLog_Parse()
    {
        foreach (var engine in new[] { SqlServerEngines.SqlServer, SqlServerEngines.Babelfish })
        {
            TSqlText.AssertParses(SqlServerLogHead.Sql(engine, "DECLARE @mark bigint = 1;"));
            TSqlText.AssertParses(engine.LockTable("[dbo].[T]", "[t]"));
            Assert.All(SqlServerLogTables.Create(engine), static batch => TSqlText.AssertParses(batch.Sql));
            Assert.All(SqlServerLogReader.Statements(engine), TSqlText.AssertParses);
            Assert.All(SqlServerLogTrimmer.Statements(engine), TSqlText.AssertParses);
            Assert.All(SqlServerSurvey.Statements(engine), TSqlText.AssertParses);
            Assert.All(SqlServerBatches.Rights(engine, SqlServerMusicShop.Catalog.Resources), static batch => TSqlText.AssertParses(batch.Sql));
            Assert.All(SqlServerBatches.Remove(engine), static batch => TSqlText.AssertParses(batch.Sql));
            Assert.All((string[])[SqlServerEngine.Query, engine.SchemaVersion, engine.OpenTransactions, engine.RecoveryFork ?? "", $"SELECT {engine.NewestPosition}"], TSqlText.AssertParses);
        }

        foreach (var text in (string[])
            [
                SqlServerLogHead.OwnSql, SqlServerHighWater.Declare, SqlServerHighWater.Note, SqlServerCapture.EndSql, SqlServerCapture.BindSql, SqlServerMigrations.RightsSql,
                SqlServerTableShapes.OwnersSql("1, 2"), SqlServerTableShapes.FollowersSql("1, 2"), SqlServerStartCheck.VisibleTables, SqlServerStartCheck.IsInstalled, SqlServerBatches.Lock, SqlServerBatches.DropEnded.Sql,
                SqlServerBatches.End("1 = 1").Sql,
            ])
            TSqlText.AssertParses(text);
    }

    [Fact]
    public void Statements_OfAReconciliation_Parse()
    {
        foreach (var engine in new[] { SqlServerEngines.SqlServer, SqlServerEngines.Babelfish })
        {
            foreach (var resource in (ResourceDefinition[])[SqlServerMusicShop.Odd, SqlServerMusicShop.Catalog.Find("playlistTracks")!, SqlServerMusicShop.Wide])
            {
                var sql = new SqlServerReconciliationSql(resource, engine);
                foreach (var text in (string[])
                    [
                        SqlServerReconciliationSql.Begin, SqlServerReconciliationSql.TakeTurn, SqlServerReconciliationSql.Write, sql.Count, sql.Lock, sql.Mark, sql.Log(isSettled: true),
                        sql.Log(isSettled: false), sql.Keys(isFirst: true), sql.Keys(isFirst: false), sql.Rows(1), sql.Rows(sql.BatchKeys), sql.Images([1, long.MaxValue]),
                    ])
                    TSqlText.AssertParses(text);
            }
        }
    }

    /// <summary>SQL Server takes 2,100 values in a statement, and keys of up to 32 columns.</summary>
    [Theory, InlineData(1, 200), InlineData(10, 200), InlineData(11, 190), InlineData(16, 130), InlineData(32, 65)]
    public void Batch_OfAReconciliation_FitsWhatAStatementMayHold(int parts, int keys)
    {
        var wide = SqlServerMusicShop.Wide;
        var sql = new SqlServerReconciliationSql(wide with { Key = [.. wide.Columns.Take(parts)] }, SqlServerEngines.SqlServer);
        Assert.Equal(keys, sql.BatchKeys);
        var text = sql.Rows(sql.BatchKeys);
        var tokens = TSqlText.Parse(text).ScriptTokenStream;
        var values = tokens.Where(static token => token.TokenType == TokenType.Variable).Select(static token => token.Text).ToHashSet();
        Assert.Equal(keys * parts, values.Count);
        Assert.InRange(values.Count, 1, 2100);
    }

    /// <summary>Names with everything in them, wherever a name can stand.</summary>
    [Theory]
    [InlineData("a]b")]
    [InlineData("]")]
    [InlineData("]]\"\"]")]
    [InlineData("a \"quoted\" [name]")]
    [InlineData("it's; DROP TABLE x --")]
    [InlineData(" /* */ GO")]
    [InlineData("\u041f\u043e\u043b\u043a\u0430 \u4e2d\u6587 \ud83c\udfb8")]
    public void Statements_OfOddNames_Parse(string name)
    {
        var odd = SqlServerMusicShop.Odd;
        ColumnDefinition[] columns = [.. odd.Columns.Select((column, i) => column with { Column = $"{name}{i}" })];
        var resource = odd with { Name = name, Table = new(name, name), Columns = columns, Key = [.. odd.Key.Select(column => columns[column.Ordinal])], Writable = true };
        var shape = SqlServerMusicShop.Shape(resource) with { Computed = new HashSet<string> { columns[7].Column }, OtherOwner = name };
        foreach (var engine in new[] { SqlServerEngines.SqlServer, SqlServerEngines.Babelfish })
        {
            foreach (var trigger in SqlServerTriggers.For(resource, shape, engine))
                TSqlText.AssertParses(trigger.Sql);
            TSqlText.AssertParses(SqlServerBatches.Capture(resource, shape, engine).Sql);
            TSqlText.AssertParses(SqlServerMigrations.Script(engine, new([resource]), new Dictionary<ResourceDefinition, SqlServerTableShape> { [resource] = shape }));
            Assert.All(SqlServerBatches.Rights(engine, [resource]), static batch => TSqlText.AssertParses(batch.Sql));
            var sql = new SqlServerReconciliationSql(resource, engine);
            foreach (var text in (string[])[sql.Count, sql.Lock, sql.Keys(isFirst: false), sql.Rows(2)])
                TSqlText.AssertParses(text);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Plan_WhereNothingIsWatched_NeedsTablesForTheAnswersOfWrites(bool keepsAnswers)
    {
        var plan = SqlServerPlan.For(new() { MissingTables = SqlServerLogTables.Names }, [], SqlServerEngines.SqlServer, asked: null, keepsAnswers);
        Assert.Equal(keepsAnswers, plan.NeedsTables);
        Assert.Equal(keepsAnswers, plan.Steps.Contains("The table realtime.Answer is missing."));
    }

    [Fact]
    public void Definition_WithOtherLineEnds_IsTheSame()
    {
        var trigger = SqlServerTriggers.For(SqlServerMusicShop.Odd, SqlServerMusicShop.OddShape, SqlServerEngines.SqlServer)[1];
        Assert.True(trigger.IsMadeAs(trigger.Sql.Replace("\n", "\r\n") + "\r\n"));
        Assert.False(trigger.IsMadeAs(trigger.Sql + " --"));
        Assert.False(trigger.IsMadeAs(null));
    }

    [Fact]
    public void Capture_OfAnotherDefinitionOrResource_HasAnotherNumber()
    {
        var number = SqlServerCaptureId.Of(SqlServerMusicShop.Odd);
        Assert.Equal(number, SqlServerCaptureId.Of(SqlServerMusicShop.Odd));
        Assert.NotEqual(number, SqlServerCaptureId.Of(SqlServerMusicShop.Odd with { Fingerprint = "x" }));
        Assert.NotEqual(number, SqlServerCaptureId.Of(SqlServerMusicShop.Odd with { Name = "x" }));
        Assert.Equal("_realtime_ffffffffffffffff_", SqlServerCaptureId.TriggersOf(-1));
    }
}
