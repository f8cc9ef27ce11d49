using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>A hub connection whose client is the test: each write to it stays pending until the test has taken it.</summary>
internal sealed class PumpedConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Pipe fromClient = new();
    private readonly Pipe toClient = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));

    public PumpedConnection(PumpContext context)
    {
        // Never disposed: an abort still on its way would meet a disposed token source and end the process.
        var transport = new DefaultConnectionContext("test", new DuplexPipe(fromClient.Reader, toClient.Writer), new DuplexPipe(toClient.Reader, fromClient.Writer));
        Hub = new(transport, new HubConnectionContextOptions { KeepAliveInterval = TimeSpan.FromDays(1), ClientTimeoutInterval = TimeSpan.FromDays(1) }, NullLoggerFactory.Instance)
        {
            Protocol = new JsonHubProtocol(),
        };
        Pump = new(Hub, context);
    }

    public HubConnectionContext Hub { get; }

    public ConnectionPump Pump { get; }

    /// <summary>The next frame, which stays pending.</summary>
    public Task<(string Target, string Id, JsonElement Argument)> PeekFrameAsync() => ReadFrameAsync(take: false);

    /// <summary>Takes the next frame.</summary>
    public Task<(string Target, string Id, JsonElement Argument)> TakeFrameAsync() => ReadFrameAsync(take: true);

    /// <summary>Whether nothing is pending.</summary>
    public bool IsQuiet()
    {
        if (!toClient.Reader.TryRead(out var read))
            return true;
        toClient.Reader.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty;
    }

    public async ValueTask DisposeAsync()
    {
        Pump.Dispose();
        await toClient.Reader.CompleteAsync();
    }

    private async Task<(string Target, string Id, JsonElement Argument)> ReadFrameAsync(bool take)
    {
        var read = await toClient.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        var end = read.Buffer.PositionOf((byte)0x1E) ?? throw new InvalidOperationException("A frame was written in part.");
        var text = Encoding.UTF8.GetString(read.Buffer.Slice(0, end));
        toClient.Reader.AdvanceTo(take ? read.Buffer.GetPosition(1, end) : read.Buffer.Start);
        var message = JsonDocument.Parse(text).RootElement;
        var arguments = message.GetProperty("arguments");
        return (message.GetProperty("target").GetString()!, arguments[0].GetString()!, arguments[1]);
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
