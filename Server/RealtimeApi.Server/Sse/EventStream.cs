using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Sse;

/// <summary>Serves the watch of one response: reads a batch, writes its bytes, and only then reads again, so that one write is pending at most.</summary>
/// <remarks>
/// Holds no queue: what a slow client has not taken stays in the log. The flags are guarded by <see cref="gate"/>; the response is written by one runner at a
/// time, whoever set <see cref="running"/>, and by nobody once <see cref="over"/> is set.
/// </remarks>
internal sealed partial class EventStream : IThreadPoolWorkItem, IDisposable
{
    /// <summary>Proxies that cut an idle response wait 30 seconds and more.</summary>
    internal static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>How many frames the engine's thread writes for one stream, before the rest moves to the thread pool.</summary>
    private const int FramesInline = 4;

    /// <summary>How many frames are written for one stream, before others on the thread pool have their turn.</summary>
    private const int FramesPerRun = 16;

    /// <summary>Milliseconds within which those that are sent elsewhere come back; they are let go one after the other already.</summary>
    private const int LongestFarewell = 500;

    private readonly Lock gate = new();
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpContext response;
    private readonly StreamContext context;
    private readonly CancellationTokenSource stop;
    private Watch? watch;
    private PipeWriter? writer;
    private ITimer? keepAlive;
    private bool mayRead = true;
    private bool commentDue;
    private bool running = true;
    private bool leaving;
    private bool stopping;
    private IDisposable? place;

    public EventStream(HttpContext response, StreamContext context)
    {
        this.response = response;
        this.context = context;
        stop = CancellationTokenSource.CreateLinkedTokenSource(response.RequestAborted, context.Drain.Over);
    }

    private enum Turn
    {
        None,
        Comment,
        Read,
        Farewell,
    }

    private bool IsLeaving
    {
        get
        {
            lock (gate)
                return leaving;
        }
    }

    /// <summary>Starts the watch; nothing is written before <see cref="RunAsync()"/>.</summary>
    /// <exception cref="ProblemException">The request is refused.</exception>
    public async Task StartAsync(WatchRequest request) => watch = await context.Engine.StartAsync(request, Caller.OrAddressOf(response), OnReady, response.RequestAborted);

    /// <summary>Writes the events until the client goes, the watch ends or the host stops.</summary>
    public async Task RunAsync()
    {
        writer = response.Response.BodyWriter;
        await using var stopped = stop.Token.UnsafeRegister(static stream => ((EventStream)stream!).Stop(), this);
        try
        {
            place = context.Drain.Enter(SendElsewhere);
            if (IsLeaving)
            {
                // Who comes late gets a cursor and is sent elsewhere at once: a browser that is refused, by this server or by a proxy which finds nobody here, does not come again.
                await writer.WriteAsync((byte[])[.. Opening(), .. Farewell()], response.RequestAborted);
                return;
            }

            await WriteAsync(Opening());
            keepAlive = context.Clock.CreateTimer(static stream => ((EventStream)stream!).OnKeepAlive(), this, KeepAliveInterval, KeepAliveInterval);
            _ = RunAsync(FramesPerRun);
        }
        catch (Exception exception) when (IsOver(exception))
        {
            Finish();
        }

        await over.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync(FramesPerRun);

    public void Dispose()
    {
        watch?.Dispose();
        keepAlive?.Dispose();
        place?.Dispose();
        stop.Dispose();
    }

    /// <summary>
    /// Serves the watch, at once and on the engine's thread where the stream is idle: a frame is a copy into the response's pipe, which costs less than a hop to
    /// another thread. Where a read or a write does not complete at once, the engine is not held up.
    /// </summary>
    private void OnReady(Watch ready)
    {
        lock (gate)
        {
            mayRead = true;
            if (running || stopping)
                return;
            running = true;
        }

        _ = RunAsync(FramesInline);
    }

    private void OnKeepAlive()
    {
        lock (gate)
        {
            commentDue = true;
            if (running || stopping)
                return;
            running = true;
        }

        _ = RunAsync(FramesInline);
    }

    /// <summary>Ends the stream after what is being written, with a word on when to come back.</summary>
    private void SendElsewhere()
    {
        lock (gate)
        {
            leaving = true;
            if (running || stopping)
                return;
            running = true;
        }

        _ = RunAsync(FramesInline);
    }

    private void Stop()
    {
        lock (gate)
        {
            stopping = true;
            if (running)
                return;
        }

        over.TrySetResult();
    }

    private async Task RunAsync(int framesLeft)
    {
        try
        {
            var again = false;
            while (TakeTurn(again, framesLeft) is var turn and not Turn.None)
            {
                again = false;
                if (turn == Turn.Farewell)
                {
                    await WriteAsync(Farewell());
                    Finish();
                    return;
                }

                if (turn == Turn.Comment)
                {
                    await WriteAsync(StreamText.Comment);
                }
                else if (await watch!.ReadAsync(BatchLimit.Frame, stop.Token) is { } batch)
                {
                    await WriteAsync(batch.EventStream);
                    again = true;
                }

                framesLeft--;
            }
        }
        catch (Exception exception) when (IsOver(exception))
        {
            Finish();
        }
        catch (ProblemException problem)
        {
            await EndAsync(problem);
        }
        catch (Exception exception)
        {
            Log.WatchFailed(context.Logger, exception);
            await EndAsync(new(ProblemCodes.Unavailable, "The watch broke off; resume it later."));
        }
    }

    /// <summary>What to do next; nothing when nothing is ready, or when <paramref name="framesLeft"/> is used up and the thread pool goes on.</summary>
    private Turn TakeTurn(bool again, int framesLeft)
    {
        lock (gate)
        {
            mayRead |= again;
            running = !stopping && (mayRead || commentDue || leaving);
            if (running && framesLeft > 0)
            {
                var turn = leaving ? Turn.Farewell : commentDue ? Turn.Comment : Turn.Read;
                if (turn == Turn.Comment)
                    commentDue = false;
                else if (turn == Turn.Read)
                    mayRead = false;
                return turn;
            }

            if (!running)
            {
                if (stopping)
                    over.TrySetResult();
                return Turn.None;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return Turn.None;
    }

    private async Task EndAsync(ProblemException problem)
    {
        try
        {
            await WriteAsync(StreamText.Ended(problem));
        }
        catch (Exception exception) when (IsOver(exception))
        {
        }
        catch (Exception exception)
        {
            Log.WatchFailed(context.Logger, exception);
        }
        finally
        {
            Finish();
        }
    }

    /// <summary>Whether the client has gone or the host stops, and nobody needs to be told.</summary>
    private bool IsOver(Exception exception) => exception is OperationCanceledException || stop.IsCancellationRequested;

    /// <summary>Ends the response, for the runner to call when it writes no more.</summary>
    private void Finish()
    {
        lock (gate)
        {
            stopping = true;
            running = false;
        }

        over.TrySetResult();
    }

    private byte[] Opening() => watch!.StartCursor is { } cursor ? [.. StreamText.Retry, .. EventStreamWriter.WriteBookmark(cursor)] : StreamText.Retry;

    private static byte[] Farewell() => StreamText.Farewell(Random.Shared.Next(LongestFarewell));

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var write = writer!.WriteAsync(bytes, stop.Token);
        if (!write.IsCompletedSuccessfully)
            return WriteSlowlyAsync(write.AsTask());
        return write.Result.IsCompleted ? throw Gone() : default;
    }

    /// <summary>Gives up on a client that takes nothing. It may resume from its last cursor.</summary>
    private async ValueTask WriteSlowlyAsync(Task<FlushResult> write)
    {
        await ((Task)write).WaitAsync(context.Options.SendTimeout, context.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!write.IsCompleted)
        {
            Log.SendTimedOut(context.Logger, response.Connection.Id, context.Options.SendTimeout);
            response.Abort();
        }

        try
        {
            if ((await write).IsCompleted)
                throw Gone();
        }
        catch (OperationCanceledException)
        {
            // What was written is still there, and the end of the response would wait behind it for a client that may never take it.
            response.Abort();
            throw;
        }
    }

    private static OperationCanceledException Gone() => new("The client has gone.");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A watch broke off.", EventName = nameof(WatchFailed))]
        public static partial void WatchFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "A stream on connection {ConnectionId} took nothing for {SendTimeout} and was aborted.", EventName = nameof(SendTimedOut))]
        public static partial void SendTimedOut(ILogger logger, string connectionId, TimeSpan sendTimeout);
    }
}
