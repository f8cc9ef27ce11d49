using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>What one would write without the product: a hub whose group gets each item and each message, and a minimal endpoint that reads by Dapper.</summary>
internal sealed class PlainServer(ServerSettings settings) : IBenchmarkServer
{
    private readonly BenchmarkDatabase database = new(settings.Database);
    private IHubContext<PlainHub>? hub;

    public void AddServices(IServiceCollection services)
    {
        var signalR = services.AddSignalR();
        if (settings.Redis is { } redis)
            signalR.AddStackExchangeRedis(redis);
    }

    public void Map(WebApplication app)
    {
        hub = app.Services.GetRequiredService<IHubContext<PlainHub>>();
        app.MapHub<PlainHub>("/hubs/resources");
        app.MapGet("/api/orders/{id:long}", async (long id) =>
        {
            await using var connection = new SqliteConnection(database.ConnectionString);
            return await connection.QuerySingleOrDefaultAsync<Order>("SELECT Id, Status, CustomerId, Note, Total FROM Orders WHERE Id = @id", new { id })
                is { } order ? Results.Ok(order) : Results.NotFound();
        });
    }

    public Task PublishAsync(int publisher, int i) => hub!.Clients.Group("all").SendAsync("Changes", new JsonObject
    {
        ["specversion"] = "1.0",
        ["id"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["source"] = "/api/orders",
        ["type"] = "orders.created",
        ["subject"] = "123456",
        ["time"] = "2026-11-23T11:06:26.123Z",
        ["view"] = "added",
        ["data"] = new JsonObject
        {
            ["id"] = 123456 + i,
            ["status"] = "pending",
            ["customerId"] = 7,
            ["note"] = BenchmarkServer.Note(publisher, i),
            ["total"] = 12.5,
        },
    });

    public ValueTask DisposeAsync()
    {
        database.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Order(long Id, string Status, long CustomerId, string Note, double Total);

    private sealed class PlainHub : Hub
    {
        public Task Subscribe(string id, JsonObject request) => Groups.AddToGroupAsync(Context.ConnectionId, "all");

        public Task Send(string resource, string? key, JsonElement message) => Clients.OthersInGroup("all").SendAsync("Message", resource, key, Context.ConnectionId, message);
    }
}
