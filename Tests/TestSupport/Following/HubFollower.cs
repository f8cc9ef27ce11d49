using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>Watches as PROTOCOL.md says it is done with a plain SignalR client: resumes by hand, and holds each batch against the one before.</summary>
/// <param name="address">The server's.</param>
/// <param name="protocol">The hub protocol's name.</param>
/// <param name="view">What to watch.</param>
/// <param name="initial">Whether to begin with the items.</param>
/// <param name="random">Draws when to leave.</param>
/// <param name="mayExpire">Whether the log is trimmed beneath it.</param>
/// <param name="since">Where to begin instead, a cursor.</param>
/// <param name="timeout">How long a connection may be silent, and a call unanswered.</param>
internal sealed class HubFollower(Uri address, string protocol, View view, bool initial, Random random, bool mayExpire = false, TimeSpan? timeout = null, string? since = null) : IFollower
{
    private readonly TimeSpan timeout = timeout ?? TimeSpan.FromSeconds(30);
    private int subscribed;
    private int part;

    public Followed Followed { get; } = new(view, $"{protocol} watch ({(initial ? "initial" : "now")})") { MayExpire = mayExpire };

    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or WebSocketException or ChannelClosedException or OperationCanceledException
                or TimeoutException or InvalidOperationException or InvalidDataException)
            {
                // Nobody there, cut (InvalidDataException: within a message), or a call on a connection that has just gone. Anything else is news.
            }

            Followed.Resumed++;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        var pushes = Channel.CreateUnbounded<Push>();
        await using var connection = Build();
        connection.Closed += _ => Task.FromResult(pushes.Writer.TryComplete());
        connection.On<string, object>("Changes", (id, batch) => pushes.Writer.TryWrite(new(id, HubJson.From(batch), null)));
        connection.On<string, object>("Ended", (id, problem) => pushes.Writer.TryWrite(new(id, null, HubJson.From(problem))));
        await connection.StartAsync(stop);
        while (true)
        {
            var id = $"w{++subscribed}";
            if (await SubscribeAsync(connection, id, stop))
                await ReadAsync(pushes.Reader, id, stop);
            await connection.InvokeAsync("Unsubscribe", id, stop);
            if (random.Next(3) == 0)
                return;
        }
    }

    /// <summary>Asks to go on from the last cursor; false when the server could not just then.</summary>
    private async Task<bool> SubscribeAsync(HubConnection connection, string id, CancellationToken stop)
    {
        var fromItems = initial && Followed.Cursor is null;
        var request = new Dictionary<string, object> { ["resource"] = view.Resource };
        if (view.Key is { } key)
            request["key"] = key;
        if (view.Filter is { } filter)
            request["filter"] = filter;
        if (view.Select is { } select)
            request["select"] = select;
        if (Followed.Cursor is null && since is not null)
            Followed.Begin(since);
        if (Followed.Cursor is { } cursor)
            request["since"] = cursor;
        else if (initial)
            request["initial"] = true;

        JsonElement reply;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(timeout);
        try
        {
            reply = HubJson.From(await connection.InvokeAsync<object>("Subscribe", id, request, patience.Token));
        }
        catch (HubException e) when (e.Message.Contains(ProblemCodes.Unavailable + ": ", StringComparison.Ordinal))
        {
            return false;
        }
        catch (HubException e) when (e.Message.Contains(ProblemCodes.CursorExpired + ": ", StringComparison.Ordinal))
        {
            Followed.Expire(e.Message);
            return false;
        }

        var start = reply.GetProperty("cursor").GetString();
        if (fromItems)
        {
            Followed.Check(start is null, "A snapshot began with a cursor.");
            Followed.BeginItems();
            part = 0;
        }
        else if (Followed.Cursor is null)
        {
            Followed.Begin(start!);
        }
        else
        {
            Followed.Check(start == Followed.Cursor, "A watch went on from another cursor than it was asked to.");
        }

        return true;
    }

    /// <summary>Takes batches until it is time to subscribe anew.</summary>
    private async Task ReadAsync(ChannelReader<Push> pushes, string id, CancellationToken stop)
    {
        for (var left = random.Next(3, 200); left > 0; left--)
        {
            var push = await pushes.ReadAsync(stop);
            if (push.Id != id)
                continue;
            if (push.Problem is { } problem)
            {
                if (problem.GetProperty("type").GetString() == "/problems/" + ProblemCodes.CursorExpired)
                {
                    Followed.Expire(problem.ToString());
                    return;
                }

                Followed.Check(problem.GetProperty("type").GetString() == "/problems/" + ProblemCodes.Unavailable, $"The server ended it: {problem}");
                return;
            }

            Take(push.Batch!);
        }
    }

    private void Take(Batch batch)
    {
        if (Followed.Cursor is null)
        {
            TakeInitial(batch);
            return;
        }

        Followed.Check(batch.From == Followed.Cursor, $"A batch starts at {batch.From}, the last one ended at {Followed.Cursor}.");
        Followed.Check(batch.Part is null && !batch.Synced, "A batch of changes says that it is one of a snapshot.");
        foreach (var change in batch.Changes)
            Followed.Add(Seen.Of(view.Resource, change), change.GetProperty("id").GetString());

        Followed.Check(batch.Changes.Count == 0 || Seen.PositionOf(batch.Cursor) >= Followed.Stretches[^1].Events[^1].Position, "A batch ends before its last event.");
        Followed.MoveTo(batch.Cursor!);
    }

    private void TakeInitial(Batch batch)
    {
        // A snapshot that breaks off begins again.
        if (batch.Part == 1)
            Followed.BeginItems();
        else
            Followed.Check(batch.Part == part + 1, $"Part {batch.Part} came after part {part}.");
        part = batch.Part!.Value;
        Followed.Check(batch.From is null && batch.Synced == (batch.Cursor is not null), "A part of a snapshot has a cursor that it should not have, or none.");
        foreach (var change in batch.Changes)
        {
            Followed.Check(change.GetProperty("initial").GetBoolean() && change.GetProperty("view").GetString() == "added", $"A snapshot has {change}.");
            Followed.AddInitial(change.GetProperty("subject").GetString()!, JsonObject.Create(change.GetProperty("data").Clone())!);
        }

        if (batch.Synced)
            Followed.Begin(batch.Cursor!);
    }

    private HubConnection Build()
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(address, "hubs/resources"), http =>
        {
            http.SkipNegotiation = true;
            http.Transports = HttpTransportType.WebSockets;
        });
        if (protocol == "messagepack")
            builder.AddMessagePackProtocol();
        var connection = builder.Build();
        connection.ServerTimeout = connection.HandshakeTimeout = timeout;
        return connection;
    }
}
