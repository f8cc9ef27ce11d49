using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Those who watch the same item, or the same resource, over the hub: says things to the others, hears what they say, and knows who is there.</summary>
/// <remarks>
/// <para>PROTOCOL, section SignalR. A room watches what it is about, on the connection that all watches of the client share, and enters again by itself after a lost connection. Messages arrive at most once, in the order of each
/// sender, and those sent while this client is away are gone. Only the hub has rooms: see <see cref="RealtimeApiException.NeedsWebSocket"/>.</para>
/// <para>Thread-safe. Events are raised one at a time, in the order in which the server told, on the thread pool. Nothing waits for a handler but the room's next event: it may take its time, and wait for anything, be it
/// that the room or its client is disposed. Where 1,000 messages wait for it, the oldest go. What it throws is logged.
/// Several rooms of a client may be of the same item; each hears and knows all of it.</para>
/// </remarks>
public sealed partial class Room : IAsyncDisposable
{
    /// <summary>By then this client has taken in what had arrived before.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private static int lastNumber;

    private readonly object gate = new();
    private readonly ConnectionLoop connection;
    private readonly Backoff backoff;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping;
    private readonly bool presence;
    private readonly int number = Interlocked.Increment(ref lastNumber);
    private readonly RoomNews news;
    private readonly Task loop;
    private TaskCompletionSource<(HubSession Session, RoomVisit Visit)> open = NewSource();
    private int visits;

    internal Room(ConnectionLoop connection, string resource, string? key, bool presence, Backoff backoff, TimeProvider time, ILogger logger)
    {
        this.connection = connection;
        this.presence = presence;
        this.backoff = backoff;
        this.time = time;
        this.logger = logger;
        Resource = resource;
        Key = key;
        news = new(
            change => Handlers.InvokeEach(PeersChanged, handler => handler(this, change), error => Log.HandlerFailed(logger, error)),
            message => Handlers.InvokeEach(MessageReceived, handler => handler(this, message), error => Log.HandlerFailed(logger, error)));
        connection.Enter();
        stopping = CancellationTokenSource.CreateLinkedTokenSource(connection.Stopping);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Somebody else said something.</summary>
    public event EventHandler<RoomMessage>? MessageReceived;

    /// <summary>Somebody else came or left; <see cref="Peers"/> shows it already.</summary>
    public event EventHandler<PeersChange>? PeersChanged;

    /// <summary>The resource's name.</summary>
    public string Resource { get; }

    /// <summary>The item's key.</summary>
    /// <value>Null for the room of the resource.</value>
    public string? Key { get; }

    /// <summary>This client, as the others see it now; somebody new after each lost connection.</summary>
    /// <value>Null without presence, and while it is not there.</value>
    public Peer? You { get; private set; }

    /// <summary>The others who are there. Empty without presence, and while this client is not connected.</summary>
    public IReadOnlyList<Peer> Peers => news.Peers;

    /// <summary>Waits until this client is in the room.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RealtimeApiException">The server refused for good, e.g. with <c>forbidden</c> where the resource does not allow it, or no WebSocket leads to it (<see cref="RealtimeApiException.NeedsWebSocket"/>).</exception>
    /// <exception cref="ObjectDisposedException">The room or its client was disposed.</exception>
    public Task WhenOpenAsync(CancellationToken cancellationToken = default) => OpenAsync(cancellationToken);

    /// <summary>Says something to the others who are there now.</summary>
    /// <param name="message">What to say.</param>
    /// <param name="type">How it becomes JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>Waits until this client is in the room. It is sent once, and not again where the connection breaks.</remarks>
    /// <exception cref="RealtimeApiException">
    /// The server refused: <c>payload-too-large</c>, <c>limit-exceeded</c> with <see cref="RealtimeApiException.RetryAfter"/>, or as for <see cref="WhenOpenAsync"/>; <c>unavailable</c> where the connection broke, and it may have been sent.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The room or its client was disposed.</exception>
    public Task SendAsync<TMessage>(TMessage message, JsonTypeInfo<TMessage> type, CancellationToken cancellationToken = default) =>
        SendAsync(JsonSerializer.SerializeToElement(message, type ?? throw new ArgumentNullException(nameof(type))), cancellationToken);

    /// <summary>Says something to the others who are there now, as <see cref="SendAsync{TMessage}(TMessage, JsonTypeInfo{TMessage}, CancellationToken)"/> does.</summary>
    /// <param name="message">Any JSON value.</param>
    public Task SendAsync(JsonElement message) => SendAsync(message, CancellationToken.None);

    /// <summary>Says something to the others who are there now, as <see cref="SendAsync{TMessage}(TMessage, JsonTypeInfo{TMessage}, CancellationToken)"/> does.</summary>
    /// <param name="message">Any JSON value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task SendAsync(JsonElement message, CancellationToken cancellationToken)
    {
        var (session, visit) = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await session.SendAsync(visit, message).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e)
        {
            throw Problems.Parse(e) ?? Problems.Invalid(e.Message, e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RealtimeApiException(Problems.Make(ProblemCodes.Unavailable, 503, "The connection broke; the message may have been sent."), e);
        }
    }

    /// <summary>Leaves the room. No event is raised any more, but for one that is being raised.</summary>
    public async ValueTask DisposeAsync()
    {
        news.Close();
        // The loop disposes the source when it ends.
        try
        {
            stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }

        await loop.ConfigureAwait(false);
    }

    private static TaskCompletionSource<(HubSession Session, RoomVisit Visit)> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<(HubSession Session, RoomVisit Visit)> OpenAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return open.Task.WaitAsync(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    private async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
                await VisitAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (TransportUnsuitableException e)
        {
            error = new RealtimeApiException(Problems.Make(RealtimeApiException.NeedsWebSocket, 0, "Rooms need a WebSocket to the hub, and none opens."), e);
        }
        catch (Exception e)
        {
            error = e;
        }

        // Not within Cancel(), which may be what brought the loop here.
        await Task.Yield();
        connection.Leave();
        stopping.Dispose();
        Forget(error ?? new ObjectDisposedException(nameof(Room)));
    }

    /// <summary>Enters and stays until the connection is lost or the server ends it.</summary>
    private async Task VisitAsync(CancellationToken cancellationToken)
    {
        var opening = connection.GetSessionAsync(cancellationToken);
        var wasOpen = opening.IsCompleted;
        var session = await opening.ConfigureAwait(false);
        var visit = new RoomVisit($"room.{number}.{++visits}", Resource, Key, presence, news);
        RealtimeApiException? why = null;
        var entering = session.EnterAsync(visit);
        try
        {
            var reply = await entering.WaitAsync(cancellationToken).ConfigureAwait(false);
            You = reply?.You;
            visit.Take(reply);
            lock (gate)
                open.TrySetResult((session, visit));
            _ = visit.RaiseAsync();
            backoff.Reset();
            while (visit.IsInDoubt && await WaitUnlessAsync(visit.Ended, Moment, cancellationToken).ConfigureAwait(false))
                if (!visit.Settle())
                    await AskAgainAsync(session, visit, cancellationToken).ConfigureAwait(false);
            backoff.Reset();
            why = await visit.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e)
        {
            why = visit.Ended.IsCompleted ? await visit.Ended.ConfigureAwait(false) : Problems.Parse(e) ?? Problems.Invalid(e.Message, e);
            if (wasOpen && why?.Code == ProblemCodes.Unauthorized && session.LeaveForAnotherToken())
                why = null;
            if (why is { IsTransient: false })
                throw why;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The connection broke; the next one is waited for below.
        }
        finally
        {
            visit.End(null);
            Forget(null);
            _ = LeaveAfterAsync(session, visit, entering);
        }

        // A connection that has closed sees to the wait for the next one.
        if (why is null)
            await WaitUnlessAsync(session.Closed, null, cancellationToken).ConfigureAwait(false);
        else
            await backoff.WaitAsync(why.RetryAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <returns>False where it need not be made any more: then this has not waited to the end.</returns>
    private async Task<bool> WaitUnlessAsync(Task over, TimeSpan? atLeast, CancellationToken cancellationToken)
    {
        if (!over.IsCompleted)
            await Task.WhenAny(over, backoff.WaitAsync(atLeast, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return !over.IsCompleted;
    }

    private static async Task AskAgainAsync(HubSession session, RoomVisit visit, CancellationToken cancellationToken)
    {
        try
        {
            visit.Take(await session.AskAsync(visit).WaitAsync(cancellationToken).ConfigureAwait(false));
            _ = visit.RaiseAsync();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What ends the visit says so itself.
        }
    }

    private static async Task LeaveAfterAsync(HubSession session, RoomVisit visit, Task entering)
    {
        try
        {
            await entering.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It may have been let in and not be told who is there.
        }

        await session.LeaveAsync(visit).ConfigureAwait(false);
    }

    /// <summary>Nobody is known to be there until the room is entered again; with an error it never is.</summary>
    private void Forget(Exception? error)
    {
        lock (gate)
        {
            You = null;
            if (open.Task.IsCompleted)
                open = NewSource();
            if (error is not null)
            {
                open.SetException(error);
                _ = open.Task.Exception; // Seen, also where nobody waits.
            }
        }

        news.Clear();
        _ = news.RaiseAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A handler of a room failed", EventName = "HandlerFailed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
