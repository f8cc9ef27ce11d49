using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>A server that speaks the protocol over a log in memory, and misbehaves when a test asks it to: what a real server can hardly be made to do.</summary>
/// <remarks>One lock guards the log and the subscriptions. Cursors are the numbers of the log, as text.</remarks>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly List<JsonObject> log;
    private readonly SortedDictionary<long, JsonObject> items;
    private readonly ConcurrentDictionary<(string Connection, string Id), int> subscriptions = new();
    private readonly SemaphoreSlim gate = new(1);
    private readonly WebApplication app;
    private TaskCompletionSource pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ProblemDetails> streamsEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int connections;
    private int streams;

    private FakeServer(int port, FakeServer? before)
    {
        log = before?.log ?? [];
        items = before?.items ?? [];
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSignalR();
        builder.Services.AddSingleton(this);
        app = builder.Build();
        app.Use(AnswerOtherwiseAsync);
        app.MapHub<Hub>("/hubs/resources");
        app.MapGet("/api", () => new ServiceDocument { Hub = "/hubs/resources", Resources = [new() { Name = "things", Key = ["id"], Watchable = true, Href = "/api/things" }] });
        app.MapGet("/api/things", (Delegate)((HttpContext context) => AtOneMomentAsync(() => List(context))));
        app.MapGet("/api/things/events", StreamAsync);
        app.MapGet("/api/things/changes", (Delegate)ChangesAsync);
        app.MapGet("/api/things/{key:long}", (HttpContext context, long key) => AtOneMomentAsync(() => Get(context, key)));
    }

    public Uri Address => new(app.Urls.Single());

    /// <summary>Every <c>Subscribe</c>, in order.</summary>
    public ConcurrentQueue<WatchRequest> Subscribed { get; } = new();

    /// <summary>Every request, <c>METHOD path?query</c>, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The bearer token of every connect of the hub, in order.</summary>
    public ConcurrentQueue<string?> HubTokens { get; } = new();

    /// <summary>The subscriptions that stand.</summary>
    public int Standing => subscriptions.Count;

    /// <summary>The connections that the hub has.</summary>
    public int Connections => connections;

    /// <summary>Answers a request in place of the server when it gives true.</summary>
    public Func<HttpContext, bool>? Otherwise { get; set; }

    /// <summary>What a <c>Subscribe</c> is refused with; null lets it pass.</summary>
    public Func<WatchRequest, Exception?>? Refuse { get; set; }

    /// <summary>What is told to a client, method and arguments, before the reply to its <c>Subscribe</c>.</summary>
    public (string Method, object?[] Arguments)? TellBeforeReply { get; set; }

    /// <summary>Makes the reply to <c>Presence</c>.</summary>
    public Func<Task<PresenceReply>> WhoIsThere { get; set; } = static () => Task.FromResult(new PresenceReply { You = new() { Id = "you" } });

    /// <summary>Whether what is missed is sent before the reply to <c>Subscribe</c>.</summary>
    public bool SendBeforeReply { get; set; }

    /// <summary>How many events a stream carries before it is cut; null for all.</summary>
    public int? EventsOfAStream { get; set; }

    /// <summary>Whether streams send nothing after their opening, not even comments.</summary>
    public bool IsMute { get; set; }

    /// <summary>Whether streams get no further than their headers, as behind a proxy that buffers.</summary>
    public bool HoldsBackStreams { get; set; }

    /// <summary>The streams of events that are open.</summary>
    public int Streams => streams;

    /// <summary>The items of a page of a list.</summary>
    public int PageSize { get; set; } = 100;

    /// <param name="port">The port. Default: a free one.</param>
    /// <param name="before">The server, stopped by now, whose log and items this one goes on with.</param>
    public static async Task<FakeServer> StartAsync(int port = 0, FakeServer? before = null)
    {
        var server = new FakeServer(port, before);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Ends when the condition holds; it is looked at whenever a connection or watch comes or goes, or a request arrives.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            var next = Volatile.Read(ref pulse);
            if (condition())
                return;
            await next.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Puts an item and tells the watches.</summary>
    public Task PutAsync(long id, string text) => ChangeAsync(id, () =>
    {
        var view = items.ContainsKey(id) ? ("updated", "modified") : ("created", "added");
        items[id] = new() { ["id"] = id, ["text"] = text };
        return view;
    });

    public Task DeleteAsync(long id) => ChangeAsync(id, () =>
    {
        items.Remove(id);
        return ("deleted", "removed");
    });

    /// <summary>Puts many items, and tells the watches once.</summary>
    public async Task PutManyAsync(IEnumerable<long> ids)
    {
        await gate.WaitAsync();
        try
        {
            foreach (var id in ids)
                Append(id, items.ContainsKey(id) ? "updated" : "created", items.ContainsKey(id) ? "modified" : "added", items[id] = new() { ["id"] = id, ["text"] = $"t{id}" });
            await SendAllAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Tells the watches that nothing has happened in their view, though the log has grown.</summary>
    public async Task BookmarkAsync()
    {
        await gate.WaitAsync();
        try
        {
            foreach (var ((connection, id), position) in subscriptions)
                await SendAsync(connection, id, new JsonObject { ["from"] = Cursor(position), ["cursor"] = Cursor(position), ["changes"] = new JsonArray() });
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Sends every watch a message of the test's own making.</summary>
    public async Task SendRawAsync(JsonObject batch)
    {
        foreach (var (connection, id) in subscriptions.Keys)
            await SendAsync(connection, id, batch.DeepClone().AsObject());
    }

    /// <summary>Loses the last changes for the watches: their next batch starts too late.</summary>
    public async Task LoseAsync(long id, string text)
    {
        await gate.WaitAsync();
        try
        {
            Append(id, "created", "added", items[id] = new() { ["id"] = id, ["text"] = text });
            foreach (var (key, position) in subscriptions)
                subscriptions.TryUpdate(key, log.Count, position);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Calls a method of every client.</summary>
    public Task TellAsync(string method, params object?[] arguments) => Clients.All.SendCoreAsync(method, arguments);

    /// <summary>Ends every watch of the hub, and every stream.</summary>
    public async Task EndAsync(string code, int status)
    {
        var problem = new ProblemDetails { Type = ProblemDetails.TypePrefix + code, Title = "t", Status = status, Detail = "d" };
        foreach (var key in subscriptions.Keys)
        {
            subscriptions.TryRemove(key, out _);
            await Clients.Client(key.Connection).SendAsync("Ended", key.Id, problem);
        }

        Interlocked.Exchange(ref streamsEnd, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(problem);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        gate.Dispose();
    }

    private void Pulse() => Interlocked.Exchange(ref pulse, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private IHubClients Clients => app.Services.GetRequiredService<IHubContext<Hub>>().Clients;

    private static string Cursor(int position) => position.ToString(CultureInfo.InvariantCulture);

    private async Task AnswerOtherwiseAsync(HttpContext context, RequestDelegate next)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{Uri.UnescapeDataString(context.Request.QueryString.Value ?? "")}");
        Pulse();
        if (Otherwise?.Invoke(context) != true)
            await next(context);
        else
            await context.Response.CompleteAsync();
    }

    private async Task ChangeAsync(long id, Func<(string Operation, string View)> change)
    {
        await gate.WaitAsync();
        try
        {
            var (operation, view) = change();
            Append(id, operation, view, items.GetValueOrDefault(id));
            await SendAllAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    private void Append(long id, string operation, string view, JsonObject? data)
    {
        var change = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = Cursor(log.Count + 1),
            ["source"] = "/api/things",
            ["type"] = "things." + operation,
            ["subject"] = id.ToString(CultureInfo.InvariantCulture),
            ["time"] = "2026-11-23T11:06:26.123Z",
            ["view"] = view,
        };
        if (data is not null)
            change["data"] = data.DeepClone();
        log.Add(change);
        Pulse();
    }

    private async Task StreamAsync(HttpContext context)
    {
        var end = Volatile.Read(ref streamsEnd).Task;
        Interlocked.Increment(ref streams);
        Pulse();
        try
        {
            var since = context.Request.Query["since"].FirstOrDefault();
            var (position, _) = await SinceAsync(null);
            if (since is not null)
                position = int.Parse(since, CultureInfo.InvariantCulture);
            context.Response.ContentType = "text/event-stream";
            if (HoldsBackStreams)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
            await context.Response.WriteAsync("retry: 2000\n\n" + (since is null ? $"event: bookmark\nid: {position}\ndata: {{\"cursor\":\"{position}\"}}\n\n" : ""), context.RequestAborted);
            for (var sent = 0; ;)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                var next = Volatile.Read(ref pulse);
                var (last, changes) = await SinceAsync(Cursor(position));
                if (end.IsCompleted)
                {
                    await context.Response.WriteAsync($"event: ended\ndata: {System.Text.Json.JsonSerializer.Serialize(await end)}\n\n", context.RequestAborted);
                    return;
                }

                if (IsMute || changes.Count == 0)
                {
                    await Task.WhenAny(next.Task, end).WaitAsync(context.RequestAborted);
                    continue;
                }

                foreach (var change in changes)
                {
                    if (sent++ == EventsOfAStream)
                        return;
                    await context.Response.WriteAsync($": comment\nid: {change["id"]}\nevent: {change["type"]}\ndata: {change.ToJsonString()}\n\n", context.RequestAborted);
                }
                position = last;
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref streams);
            Pulse();
        }
    }

    private async Task<IResult> ChangesAsync(HttpContext context)
    {
        var since = context.Request.Query["since"].FirstOrDefault();
        var wait = int.Parse(context.Request.Query["wait"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var next = Volatile.Read(ref pulse);
        var (end, changes) = await SinceAsync(since);
        while (wait > 0 && changes.Count == 0)
        {
            // As long as it takes: a test has no time to wait in vain.
            await next.Task.WaitAsync(context.RequestAborted);
            next = Volatile.Read(ref pulse);
            (end, changes) = await SinceAsync(since);
        }

        const int Page = 50;
        var more = changes.Count > Page;
        return Results.Json(new JsonObject
        {
            ["changes"] = new JsonArray([.. changes.Take(Page).Select(c => c.DeepClone())]),
            ["cursor"] = Cursor(end - Math.Max(0, changes.Count - Page)),
            ["more"] = more,
        });
    }

    /// <summary>Where the log ends, and its changes after a cursor; none without a cursor.</summary>
    private async Task<(int End, IReadOnlyList<JsonObject> Changes)> SinceAsync(string? since)
    {
        await gate.WaitAsync();
        try
        {
            return (log.Count, since is null ? [] : [.. log.Skip(int.Parse(since, CultureInfo.InvariantCulture))]);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task SendAllAsync()
    {
        foreach (var (connection, id) in subscriptions.Keys)
            await CatchUpAsync(connection, id);
    }

    private async Task CatchUpAsync(string connection, string id)
    {
        // One that ends meanwhile, without the lock, is not to come back.
        if (!subscriptions.TryGetValue((connection, id), out var position) || position == log.Count || !subscriptions.TryUpdate((connection, id), log.Count, position))
            return;
        var changes = new JsonArray([.. log.Skip(position).Select(c => c.DeepClone())]);
        await SendAsync(connection, id, new JsonObject { ["from"] = Cursor(position), ["cursor"] = Cursor(log.Count), ["changes"] = changes });
    }

    private Task SendAsync(string connection, string id, JsonObject batch) => Clients.Client(connection).SendAsync("Changes", id, batch);

    private async Task<SubscribeReply> SubscribeAsync(string connection, string id, WatchRequest request)
    {
        Subscribed.Enqueue(request);
        Pulse();
        if (Refuse?.Invoke(request) is { } refusal)
            throw refusal;

        if (TellBeforeReply is var (method, arguments))
            await Clients.Client(connection).SendCoreAsync(method, arguments);
        await gate.WaitAsync();
        try
        {
            var position = request.Since is { } since ? int.Parse(since, CultureInfo.InvariantCulture) : log.Count;
            subscriptions[(connection, id)] = position;
            Pulse();
            if (SendBeforeReply)
                await CatchUpAsync(connection, id);
            else
                _ = CatchUpLaterAsync(connection, id);
            return new() { Cursor = Cursor(position) };
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task CatchUpLaterAsync(string connection, string id)
    {
        await Task.Yield();
        await gate.WaitAsync();
        try
        {
            await CatchUpAsync(connection, id);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<IResult> AtOneMomentAsync(Func<IResult> read)
    {
        await gate.WaitAsync();
        try
        {
            return read();
        }
        finally
        {
            gate.Release();
        }
    }

    private IResult List(HttpContext context)
    {
        var after = context.Request.Query["$skiptoken"].FirstOrDefault() is { } token ? long.Parse(token, CultureInfo.InvariantCulture) : long.MinValue;
        var page = items.Where(i => i.Key > after).Take(PageSize).ToList();
        var answer = new JsonObject { ["value"] = new JsonArray([.. page.Select(i => i.Value.DeepClone())]), ["cursor"] = Cursor(log.Count) };
        if (page.Count == PageSize)
            answer["nextLink"] = $"https://hidden.example/behind/a/proxy?$skiptoken={page[^1].Key}";
        if (context.Request.Query["$count"] == "true")
            answer["count"] = items.Count;
        return Results.Json(answer);
    }

    private IResult Get(HttpContext context, long key)
    {
        context.Response.Headers["Realtime-Cursor"] = Cursor(log.Count);
        if (!items.TryGetValue(key, out var item))
            return Results.Json(
                new ProblemDetails { Type = "/problems/not-found", Title = "t", Status = 404, Detail = $"There is no thing {key}." },
                contentType: "application/problem+json",
                statusCode: 404);

        var tag = $"\"{item["text"]}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(304) : Results.Json(item);
    }

    internal sealed class Hub(FakeServer server) : Microsoft.AspNetCore.SignalR.Hub
    {
        public override Task OnConnectedAsync()
        {
            Interlocked.Increment(ref server.connections);
            server.HubTokens.Enqueue(Context.GetHttpContext()!.Request.Headers.Authorization.FirstOrDefault());
            server.Pulse();
            return Task.CompletedTask;
        }

        public override Task OnDisconnectedAsync(Exception? exception)
        {
            Interlocked.Decrement(ref server.connections);
            foreach (var key in server.subscriptions.Keys.Where(k => k.Connection == Context.ConnectionId))
                server.subscriptions.TryRemove(key, out _);
            server.Pulse();
            return Task.CompletedTask;
        }

        public async Task<SubscribeReply> Subscribe(string id, WatchRequest request)
        {
            var reply = await server.SubscribeAsync(Context.ConnectionId, id, request);
            // The connection may have gone meanwhile, and those that it had have been taken away.
            if (Context.ConnectionAborted.IsCancellationRequested)
                Unsubscribe(id);
            return reply;
        }

        public Task<PresenceReply> Presence(string resource, string key) => server.WhoIsThere();

        public void Unsubscribe(string id)
        {
            server.subscriptions.TryRemove((Context.ConnectionId, id), out _);
            server.Pulse();
        }
    }
}
