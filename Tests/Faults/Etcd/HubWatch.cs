using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Etcd;

/// <summary>A watch over the hub.</summary>
internal sealed class HubWatch : IAsyncDisposable
{
    private readonly HubConnection connection;
    private readonly Channel<Push> pushes = Channel.CreateUnbounded<Push>();

    private HubWatch(Uri address)
    {
        connection = new HubConnectionBuilder().WithUrl(new Uri(address, "hubs/resources"), http =>
        {
            http.SkipNegotiation = true;
            http.Transports = HttpTransportType.WebSockets;
        }).Build();
        connection.ServerTimeout = connection.HandshakeTimeout = Until.Patience;
        connection.On<string, JsonElement>("Changes", (id, batch) => pushes.Writer.TryWrite(new(id, batch.Clone(), null)));
        connection.On<string, JsonElement>("Ended", (id, problem) => pushes.Writer.TryWrite(new(id, null, problem.Clone())));
    }

    /// <summary>Behind everything handed out.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Everything that is pushed to the connection, for whichever watch.</summary>
    public ChannelReader<Push> Pushes => pushes.Reader;

    /// <summary>Connects without a watch.</summary>
    public static async Task<HubWatch> ConnectAsync(Uri address)
    {
        var watch = new HubWatch(address);
        await watch.connection.StartAsync(TestContext.Current.CancellationToken);
        return watch;
    }

    public static async Task<HubWatch> StartAsync(Uri address, string resource, string? since, string? filter = null)
    {
        var watch = await ConnectAsync(address);
        watch.Cursor = await watch.SubscribeAsync("w", new { resource, since, filter });
        return watch;
    }

    /// <summary>Starts a watch.</summary>
    /// <returns>Its cursor.</returns>
    public async Task<string?> SubscribeAsync(string id, object request) =>
        (await connection.InvokeAsync<JsonElement>("Subscribe", id, request, TestContext.Current.CancellationToken)).GetProperty("cursor").GetString();

    /// <summary>The next push.</summary>
    public Task<Push> NextPushAsync() => pushes.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

    /// <summary>The ids of the next batch, none for a bookmark.</summary>
    public async Task<IReadOnlyList<string>> NextAsync()
    {
        var push = await NextPushAsync();
        var batch = push.Batch ?? throw new InvalidOperationException($"The watch ended: {push.Problem}");
        Assert.Equal(Cursor, batch.From);
        Cursor = batch.Cursor;
        return [.. batch.Changes.Select(change => change.GetProperty("id").GetString()!)];
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
