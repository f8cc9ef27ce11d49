using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>A server in a process of its own, so that its processor time is its own. <c>POST /publish</c> makes changes; <c>GET /cpu</c> tells what it has used.</summary>
internal static class BenchmarkServer
{
    public static async Task RunAsync(string role, int port, ServerSettings settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        IBenchmarkServer server = role switch
        {
            "plain" => new PlainServer(settings),
            "plain-stream" => new PlainStreamServer(),
            "product" => new ProductServer(settings),
            _ => throw new ArgumentException($"No such server: {role}"),
        };
        server.AddServices(builder.Services);
        var app = builder.Build();
        server.Map(app);
        app.MapGet("/cpu", () => Environment.CpuUsage.TotalTime.TotalMicroseconds.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        app.MapGet("/memory", () =>
        {
            GC.Collect();
            return GC.GetTotalMemory(forceFullCollection: true).ToString(System.Globalization.CultureInfo.InvariantCulture);
        });
        app.MapPost("/publish", async (int publishers, int count, int perSecond, HttpContext context) =>
        {
            var pace = perSecond > 0 ? TimeSpan.FromSeconds(1.0 / perSecond) : TimeSpan.Zero;
            await Task.WhenAll(Enumerable.Range(0, publishers).Select(p => Task.Run(() => PublishAsync(server, p, count / publishers, pace))));
        });
        await app.StartAsync();
        Console.WriteLine("ready");
        // The starter closes our input when it is done, however it ends.
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
        await app.StopAsync();
        await server.DisposeAsync();
    }

    private static async Task PublishAsync(IBenchmarkServer server, int publisher, int count, TimeSpan pace)
    {
        using var timer = pace > TimeSpan.Zero ? new PeriodicTimer(pace) : null;
        for (var i = 0; i < count; i++)
        {
            if (timer is not null)
                await timer.WaitForNextTickAsync();
            await server.PublishAsync(publisher, i);
        }
    }

    /// <summary>The varying text of a change, so that an event is about 250 bytes.</summary>
    public static string Note(int publisher, int i) => new StringBuilder("order ").Append(publisher).Append('/').Append(i).Append(' ').Append('n', 20).ToString();
}
