using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>A plain SignalR client of the hub, which knows no more than PROTOCOL.md says. What is pushed waits, by watch, until a test asks for it.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Channel<Push>> pushes = new();

    private HubClient(HubConnection connection) => Connection = connection;

    public HubConnection Connection { get; }

    public static Task<HubClient> ConnectAsync(TestServer server, string protocol, bool skipNegotiation = true) => ConnectAsync(server.Address, protocol, skipNegotiation);

    public static async Task<HubClient> ConnectAsync(Uri address, string protocol, bool skipNegotiation = true)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(address, "hubs/resources"), http =>
        {
            http.SkipNegotiation = skipNegotiation;
            if (skipNegotiation)
                http.Transports = HttpTransportType.WebSockets;
        });
        if (protocol == "messagepack")
            builder.AddMessagePackProtocol();
        var client = new HubClient(builder.Build());
        client.Connection.ServerTimeout = client.Connection.HandshakeTimeout = Until.Patience;
        client.Connection.On<string, object>("Changes", (id, batch) => client.Keep(new(id, HubJson.From(batch), null)));
        client.Connection.On<string, object>("Ended", (id, problem) => client.Keep(new(id, null, HubJson.From(problem))));
        await client.Connection.StartAsync(TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Either protocol's maps, as JSON.</summary>
    public static JsonElement ToJson(object? value) => HubJson.From(value);

    /// <summary>Starts a watch and returns the reply's cursor.</summary>
    public async Task<string?> SubscribeAsync(string id, object request)
    {
        var reply = HubJson.From(await Connection.InvokeAsync<object>("Subscribe", id, request, TestContext.Current.CancellationToken));
        var property = Assert.Single(reply.EnumerateObject());
        Assert.Equal("cursor", property.Name);
        return property.Value.GetString();
    }

    public Task UnsubscribeAsync(string id) => Connection.InvokeAsync("Unsubscribe", id, TestContext.Current.CancellationToken);

    /// <summary>The next push for a watch, bookmarks included.</summary>
    public async Task<Push> NextPushAsync(string id) =>
        await PushesOf(id).Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

    /// <summary>The next batch of a watch that is not a bookmark.</summary>
    public async Task<Batch> NextBatchAsync(string id)
    {
        while (true)
        {
            var push = await NextPushAsync(id);
            var batch = push.Batch ?? throw new InvalidOperationException($"Watch '{id}' ended: {push.Problem}");
            if (batch.Changes.Count > 0 || batch.Synced)
                return batch;
        }
    }

    /// <summary>The next events of a watch, in however many batches they come, each of which must start where the last ended.</summary>
    public async Task<List<JsonElement>> NextEventsAsync(string id, int count, string? from)
    {
        var events = new List<JsonElement>();
        while (events.Count < count)
        {
            var batch = (await NextPushAsync(id)).Batch ?? throw new InvalidOperationException($"Watch '{id}' ended.");
            Assert.Equal(from, batch.From);
            from = batch.Cursor;
            events.AddRange(batch.Changes);
        }
        Assert.Equal(count, events.Count);
        return events;
    }

    public async Task<JsonElement> NextEndAsync(string id)
    {
        while (true)
        {
            if ((await NextPushAsync(id)).Problem is { } problem)
                return problem;
        }
    }

    /// <summary>What has been pushed for a watch and not asked for.</summary>
    public IReadOnlyList<Push> TakeRest(string id)
    {
        var rest = new List<Push>();
        while (PushesOf(id).Reader.TryRead(out var push))
            rest.Add(push);
        return rest;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private void Keep(Push push) => PushesOf(push.Id).Writer.TryWrite(push);

    private Channel<Push> PushesOf(string id) => pushes.GetOrAdd(id, static _ => Channel.CreateUnbounded<Push>());
}
