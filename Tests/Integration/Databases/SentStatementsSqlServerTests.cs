using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Maintenance;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.Integration.Writing;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Databases;

/// <summary>Statements that no list of them knows of are found by listening: all that a server sends is of SQL Server 2017's grammar, Babelfish's own forms included.</summary>
public sealed class SentStatementsSqlServerTests
{
    private const string Script = """
        CREATE TABLE "Odd and [so]" ([The Key] int IDENTITY PRIMARY KEY, [It's] nvarchar(20) UNIQUE, Price decimal(10, 2));
        CREATE TABLE Lines (OrderId int NOT NULL, Product nvarchar(20) NOT NULL, Amount int NOT NULL DEFAULT 1, PRIMARY KEY (OrderId, Product));
        INSERT INTO Lines VALUES (1, N'a', 1);
        """;

    [Fact]
    public async Task Server_WhateverItIsAskedFor_SendsWhatTheOldestServerParses()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var database = await TempSqlServerDatabase.CreateAsync(Script, cancelled);
        using var sent = new SentStatements(database.Name);
        await using (var server = await TestServer.StartAsync(database, static options => options.Resources["*"].Write = true))
        {
            var since = (await server.GetJsonAsync("/api/lines/changes")).GetProperty("cursor").GetString();
            foreach (var (method, path, body) in ((string, string, string)[])
                [
                    ("POST", "/api/oddAndSo", """{"itS":"a","price":1.5}"""), ("POST", "/api/oddAndSo", """{"itS":"a"}"""), ("PATCH", "/api/oddAndSo/1", """{"price":2}"""),
                    ("PUT", "/api/lines/2,b", """{"amount":2}"""), ("PUT", "/api/lines/2,b", "{}"), ("DELETE", "/api/lines/2,b", ""),
                ])
            {
                using var response = await server.WriteAsync(new(method), path, body, method == "PATCH" ? "application/merge-patch+json" : "application/json", ("Idempotency-Key", path + body + method));
                Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"{method} {path}: {await response.TextAsync()}");
            }

            foreach (var query in (string[])["?$count=true&$top=1", "?$filter=contains(product,'x') and amount gt 1&$orderby=amount desc,product&$top=1", "?$filter=product in ('a','b') or year(2)"])
                (await server.SendAsync("/api/lines" + query)).Dispose();
            Assert.NotEqual(0, (await server.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/lines/changes?since={since}&wait=60"))).GetProperty("changes").GetArrayLength());
            var log = server.Services.GetRequiredService<IDatabase>();
            await log.Log.TrimAsync(DateTimeOffset.MaxValue, cancelled);
            await log.Writes.TrimAnswersAsync(DateTimeOffset.MaxValue, cancelled);
            var maintenance = server.Services.GetRequiredService<DatabaseMaintenance>();
            database.Execute("TRUNCATE TABLE Lines");
            await maintenance.ReconcileAsync(["lines"], new Progress<(string, ReconciliationProgress, bool)>(), cancelled);
            await maintenance.CheckAsync(cancelled);
            TSqlText.AssertParses(await maintenance.ScriptAsync(cancelled));
            await server.StopAsync();
            await maintenance.RemoveAsync(cancelled);
        }

        Assert.All(sent.Texts, TSqlText.AssertParses);
        // The listener has heard it: what the tests themselves send is little.
        foreach (var part in (string[])["[realtime].[Lease]", "realtime.Answer", "pg_snapshot_xmin|MIN_ACTIVE_ROWVERSION", "UPDATE [dbo].", "DELETE FROM [dbo].", "sys.foreign_key_columns", "DROP TABLE", "COUNT_BIG"])
            Assert.True(sent.Texts.Any(text => part.Split('|').Any(word => text.Contains(word, StringComparison.Ordinal))), part);
    }
}
