using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>The least that a broadcast of event streams can be: each change is encoded once and written to every response.</summary>
internal sealed class PlainStreamServer : IBenchmarkServer
{
    private readonly ConcurrentDictionary<HttpContext, bool> streams = new();
    private readonly SemaphoreSlim publishing = new(1);

    public void AddServices(IServiceCollection services)
    {
    }

    public void Map(WebApplication app) => app.MapGet("/api/orders/events", async (HttpContext context) =>
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.BodyWriter.WriteAsync("retry: 2000\n\n"u8.ToArray());
        streams.TryAdd(context, true);
        var gone = new TaskCompletionSource();
        await using var aborted = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        streams.TryRemove(context, out _);
    });

    public async Task PublishAsync(int publisher, int i)
    {
        var bytes = Encoding.UTF8.GetBytes(
            "id: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nevent: orders.created\ndata: {\"specversion\":\"1.0\",\"id\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
            + "\"source\":\"/api/orders\",\"type\":\"orders.created\",\"subject\":\"123456\",\"time\":\"2026-11-23T11:06:26.123Z\",\"view\":\"added\","
            + $"\"data\":{{\"id\":{123456 + i},\"status\":\"pending\",\"customerId\":7,\"note\":\"{BenchmarkServer.Note(publisher, i)}\",\"total\":12.5}}}}\n\n");
        await publishing.WaitAsync();
        try
        {
            foreach (var (context, _) in streams)
                await context.Response.BodyWriter.WriteAsync(bytes);
        }
        finally
        {
            publishing.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        publishing.Dispose();
        return ValueTask.CompletedTask;
    }
}
