using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

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
        foreach (var trigger in SqlServerTriggers.For(SqlServerMusicShop.Wide, SqlServerMusicShop.Shape(SqlServerMusicShop.Wide), SqlServerEngines.SqlServer))
            TSqlText.AssertParses(trigger.Sql);
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
        }

        TSqlText.AssertParses(SqlServerLogHead.OwnSql);
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
