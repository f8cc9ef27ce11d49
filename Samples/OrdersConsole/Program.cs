using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Samples.OrdersConsole;
using Spectre.Console;

var address = args is [var first, ..] ? first : "http://localhost:5080";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

await using var client = new RealtimeApiClient(address);
var pending = new PendingOrders();
var state = $"Connecting to {address} …";

await AnsiConsole.Live(pending.Draw(state, Rows())).StartAsync(async live =>
{
    client.ConnectionStateChanged += (_, change) =>
    {
        state = $"{address}: {change.State}. Ctrl+C ends.";
        Redraw();
    };
    while (!stop.IsCancellationRequested)
    {
        try
        {
            // The items that are pending now, and then every change; lost connections and restarts of the server are seen to.
            await foreach (var change in client.Resource<Order>("orders").Where(o => o.Status == "pending").WatchAsync(new() { Initial = true }, stop.Token))
            {
                lock (pending)
                    pending.Apply(change);
                if (!change.IsInitial)
                    Redraw();
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C.
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.CursorExpired)
        {
            // Away for longer than the server keeps changes: begin anew.
            lock (pending)
                pending.Clear();
        }
        catch (RealtimeApiException e)
        {
            state = e.Message;
            Redraw();
            return;
        }
    }

    void Redraw()
    {
        lock (pending)
            live.UpdateTarget(pending.Draw(state, Rows()));
    }
});

static int Rows() => Math.Max(3, (Console.IsOutputRedirected ? 40 : Console.WindowHeight) - 8);
