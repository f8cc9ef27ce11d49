using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Server.Hubs;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>A hub connection with its pump, whose client is the test: each write to it stays pending until the test has taken it.</summary>
internal sealed class PumpedConnection : IAsyncDisposable
{
    private readonly StuckConnection connection = new();

    public PumpedConnection(PumpContext context) => Pump = new(Hub, context);

    public HubConnectionContext Hub => connection.Hub;

    public ConnectionPump Pump { get; }

    /// <summary>The next frame, which stays pending.</summary>
    public async Task<(string Target, string Id, JsonElement Argument)> PeekFrameAsync() => Parse(await connection.PeekCallAsync());

    /// <summary>Takes the next frame.</summary>
    public async Task<(string Target, string Id, JsonElement Argument)> TakeFrameAsync() => Parse(await connection.TakeCallAsync());

    /// <summary>Whether nothing is pending.</summary>
    public bool IsQuiet() => connection.IsQuiet();

    public async ValueTask DisposeAsync()
    {
        Pump.Dispose();
        await connection.DisposeAsync();
    }

    private static (string Target, string Id, JsonElement Argument) Parse((string Target, JsonElement Arguments) call) =>
        (call.Target, call.Arguments[0].GetString()!, call.Arguments[1]);
}
