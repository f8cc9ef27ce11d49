using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>The product over a SQLite file; its changes are rows that this process inserts, each in a transaction of its own.</summary>
internal sealed class ProductServer(ServerSettings settings) : IBenchmarkServer
{
    private readonly BenchmarkDatabase database = new(settings.Database);

    public void AddServices(IServiceCollection services) => services
        .AddRealtimeApi(options =>
        {
            options.Database.ConnectionString = database.ConnectionString;
            options.Redis = settings.Redis;
            // Senders go flat out.
            (options.Messages.PerSecond, options.Messages.Burst) = (10_000, 100_000);
            // All clients of a benchmark have one address.
            options.Watching.MaxConnectionsPerCaller = options.Watching.MaxConnections;
        })
        .AddResource("orders", resource => resource.Table("Orders").Watchable().WithMessages());

    public void Map(WebApplication app) => app.MapRealtimeApi();

    public async Task PublishAsync(int publisher, int i)
    {
        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("PRAGMA synchronous = NORMAL");
        await connection.ExecuteAsync(
            "INSERT INTO Orders (Status, CustomerId, Note, Total) VALUES ('pending', 7, @note, 12.5)",
            new { note = BenchmarkServer.Note(publisher, i) });
    }

    public ValueTask DisposeAsync()
    {
        database.Dispose();
        return ValueTask.CompletedTask;
    }
}
