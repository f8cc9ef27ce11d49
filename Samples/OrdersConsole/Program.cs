using System.Threading.Channels;
using RealtimeApi.Client;
using RealtimeApi.Samples.OrdersConsole;
using Spectre.Console;
using Spectre.Console.Rendering;

var address = args is [var first, ..] ? first : "http://localhost:5080";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

await using var client = new RealtimeApiClient(address);

// The orders that are pending, newest first, as they are now and as they change; lost connections and restarts of the server are seen to.
await using var pending = client.Resource<Order>("orders")
    .Where(o => o.Status == "pending")
    .OpenLiveView(new LiveViewOptions<Order>().OrderByDescending(o => o.Id));

// However many changes come at once, the table is drawn anew once.
var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
Order? latest = null;
pending.CollectionChanged += (_, change) =>
{
    latest = pending.Status.State == LiveState.Connecting ? null : (Order?)change.NewItems?[0];
    changed.Writer.TryWrite(true);
};
pending.PropertyChanged += (_, _) => changed.Writer.TryWrite(true);

await AnsiConsole.Live(Draw()).StartAsync(async live =>
{
    try
    {
        for (live.UpdateTarget(Draw()); pending.Status.State != LiveState.Ended; live.UpdateTarget(Draw()))
            await changed.Reader.ReadAsync(stop.Token);
    }
    catch (OperationCanceledException)
    {
        // Ctrl+C.
    }
});

IRenderable Draw() => PendingOrders.Draw([.. pending], latest, State(pending.Status), Math.Max(3, (Console.IsOutputRedirected ? 40 : Console.WindowHeight) - 8));

string State(LiveStatus status) => status.State switch
{
    LiveState.Connecting => $"Connecting to {address} … {status.Error?.Message}",
    LiveState.Current => $"{address}: current. Ctrl+C ends.",
    LiveState.Stale => $"As of {status.Since.ToLocalTime():HH:mm:ss}, waiting for {address} … {status.Error?.Message}",
    _ => $"Ended: {status.Error?.Message}",
};
