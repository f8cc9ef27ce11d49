using System.Net;
using Microsoft.Data.SqlClient;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>The cursor of a write where other transactions are open, and the log's newest changes are therefore not told yet.</summary>
public sealed class WriteCursorSqlServerTests : IAsyncLifetime
{
    private readonly WritableShop shop = new(TestDatabaseKind.SqlServer);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task Cursor_OfAWriteBesideAnOpenTransaction_MakesReadsSeeIt()
    {
        await using var other = await shop.StartAsync();
        await using var open = new SqlConnection(shop.Database.ConnectionString);
        await using var transaction = await InsertAsync(open);

        using var write = await shop.Server.PatchAsync("/api/orders/1", """{"note":"mine"}""");
        foreach (var node in (TestServer[])[shop.Server, other])
        {
            using var read = await node.SendAsync("/api/orders/1", ("Realtime-Min-Cursor", write.Header("Realtime-Cursor")));
            Assert.Equal(await write.TextAsync(), await read.TextAsync());
            using var list = await node.SendAsync("/api/orders?$filter=id%20eq%201", ("Realtime-Min-Cursor", write.Header("Realtime-Cursor")));
            Assert.Contains(await write.TextAsync(), await list.TextAsync(), StringComparison.Ordinal);
        }

        using var deletion = await shop.Server.DeleteAsync("/api/lines/1,a%2Cb");
        using var gone = await other.SendAsync("/api/lines/1,a%2Cb", ("Realtime-Min-Cursor", deletion.Header("Realtime-Cursor")));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await transaction.RollbackAsync(Cancellation);
    }

    /// <summary>A client sends back the cursor that it saw last, which is that of its read.</summary>
    [Fact]
    public async Task Cursor_OfAReadThatShowedAWrite_MakesOtherReadsSeeItAndCanBeWatchedFrom()
    {
        const string List = "/api/orders?$filter=id%20eq%201";
        await using var other = await shop.StartAsync();
        await using var open = new SqlConnection(shop.Database.ConnectionString);
        await using var transaction = await InsertAsync(open);

        // So that memory has an answer.
        for (var i = 0; i < 3; i++)
            using (await other.SendAsync(List))
            {
            }

        using var write = await shop.Server.PatchAsync("/api/orders/1", """{"note":"mine"}""");
        using var read = await shop.Server.SendAsync("/api/orders/1", ("Realtime-Min-Cursor", write.Header("Realtime-Cursor")));
        using var list = await other.SendAsync(List, ("Realtime-Min-Cursor", read.Header("Realtime-Cursor")));
        Assert.Contains(await write.TextAsync(), await list.TextAsync(), StringComparison.Ordinal);

        await transaction.CommitAsync(Cancellation);
        var changes = await other.GetJsonAsync($"/api/lines/changes?wait=60&since={list.Header("Realtime-Cursor")}");
        Assert.Equal("2,open", changes.GetProperty("changes")[0].GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Cursor_AheadOfTheLog_IsExpired()
    {
        using var write = await shop.Server.PatchAsync("/api/orders/1", """{"note":"mine"}""");
        Assert.True(Cursor.TryParse(write.Header("Realtime-Cursor"), out var cursor));
        var ahead = cursor with { Point = new(new(cursor.Point.Position.Major + 100_000), 1) };
        using var response = await shop.Server.SendAsync("/api/orders/1", ("Realtime-Min-Cursor", ahead.ToString()));
        await response.AssertProblemAsync(HttpStatusCode.Gone, ProblemCodes.CursorExpired);
    }

    /// <summary>Opens a connection, and a transaction on it that has inserted a line.</summary>
    private static async Task<SqlTransaction> InsertAsync(SqlConnection connection)
    {
        await connection.OpenAsync(Cancellation);
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Cancellation);
        await using var insert = new SqlCommand("INSERT INTO Lines VALUES (2, 'open', 1)", connection, transaction);
        await insert.ExecuteNonQueryAsync(Cancellation);
        return transaction;
    }
}
