using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>A hub connection on which each write stays pending until the test has taken it.</summary>
internal sealed class StuckConnection : IAsyncDisposable
{
    private readonly Pipe fromClient = new();
    private readonly Pipe toClient = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));

    public StuckConnection()
    {
        // Never disposed: an abort still on its way would meet a disposed token source and end the process.
        var transport = new DefaultConnectionContext("test", new DuplexPipe(fromClient.Reader, toClient.Writer), new DuplexPipe(toClient.Reader, fromClient.Writer));
        Hub = new(transport, new HubConnectionContextOptions { KeepAliveInterval = TimeSpan.FromDays(1), ClientTimeoutInterval = TimeSpan.FromDays(1) }, NullLoggerFactory.Instance)
        {
            Protocol = new JsonHubProtocol(),
        };
    }

    public HubConnectionContext Hub { get; }

    /// <summary>Takes the next frame: its arguments as JSON, without the brackets.</summary>
    public async Task<string> TakeAsync() => (await TakeCallAsync()).Arguments.GetRawText()[1..^1];

    /// <summary>Takes the next frame.</summary>
    public Task<(string Target, JsonElement Arguments)> TakeCallAsync() => ReadAsync(take: true);

    /// <summary>The next frame, which stays pending.</summary>
    public Task<(string Target, JsonElement Arguments)> PeekCallAsync() => ReadAsync(take: false);

    /// <summary>Whether nothing is pending.</summary>
    public bool IsQuiet()
    {
        if (!toClient.Reader.TryRead(out var read))
            return true;
        toClient.Reader.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty;
    }

    public Task AbortedAsync()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Hub.ConnectionAborted.Register(aborted.SetResult);
        return aborted.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => toClient.Reader.CompleteAsync();

    private async Task<(string Target, JsonElement Arguments)> ReadAsync(bool take)
    {
        var read = await toClient.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        var end = read.Buffer.PositionOf((byte)0x1E) ?? throw new InvalidOperationException("A frame was written in part.");
        var message = JsonDocument.Parse(Encoding.UTF8.GetString(read.Buffer.Slice(0, end))).RootElement;
        toClient.Reader.AdvanceTo(take ? read.Buffer.GetPosition(1, end) : read.Buffer.Start);
        return (message.GetProperty("target").GetString()!, message.GetProperty("arguments"));
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
