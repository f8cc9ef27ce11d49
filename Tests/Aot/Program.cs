using System.Globalization;
using RealtimeApi.Client;
using RealtimeApi.Tests.Aot;

// What the SDK can do, compiled ahead of time: each step prints a line that the test knows.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = new RealtimeApiClientOptions(new Uri(args[0])) { Transport = Enum.Parse<WatchTransport>(args[1]) };
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
var token = patience.Token;
await using var client = new RealtimeApiClient(options);
var orders = client.Resource("orders", ShopContext.Default.Order);

var document = await client.GetServiceDocumentAsync(token);
Console.WriteLine($"resources: {string.Join(", ", document.Resources.Select(r => r.Name))}");

var least = 10m;
var pending = orders.Where(o => o.Status == "pending" && o.Total > least);
var page = await pending.ListAsync(new() { OrderBy = "total desc", Count = true }, token);
Console.WriteLine($"list: {string.Join(", ", page.Items.Select(o => $"{o.Id} {o.Total}"))}; count {page.Count}");

await using var view = pending.OpenLiveView(new LiveViewOptions<Order>().OrderByDescending(o => o.Total));
await view.WhenSyncedAsync(token);
Console.WriteLine($"view: {string.Join(", ", view.Select(o => o.Id))}; {view.Status.State}");

await using var changes = pending.WatchAsync(new() { Initial = true }, token).GetAsyncEnumerator(token);
for (var kind = ChangeKind.Added; kind != ChangeKind.Synced; kind = changes.Current.Kind)
    await changes.MoveNextAsync();

var made = await orders.CreateAsync(new(0, "pending", 12.5m, DateTimeOffset.UnixEpoch), cancellationToken: token);
await orders.UpdateAsync(made.Item.Id, o => o with { Total = 13.25m }, token);
await orders.DeleteAsync(made.Item.Id, cancellationToken: token);
for (var i = 0; i < 3; i++)
{
    await changes.MoveNextAsync();
    Console.WriteLine($"change: {changes.Current.Kind} {changes.Current.Key} {changes.Current.Item?.Total.ToString(CultureInfo.InvariantCulture) ?? "gone"}");
}

var polled = await pending.PollAsync(page.Cursor, cancellationToken: token);
Console.WriteLine($"polled: {string.Join(", ", polled.Changes.Select(c => c.Kind))}");

await foreach (var untyped in client.Resource("orders").Where("id eq 1").ListAllAsync(cancellationToken: token))
    Console.WriteLine($"untyped: {untyped["status"]}");

if (options.Transport == WatchTransport.WebSockets)
{
    // Two clients, since nobody hears themselves.
    await using var second = new RealtimeApiClient(options);
    await using var hears = client.Resource("orders").OpenRoom(1);
    await using var says = second.Resource("orders").OpenRoom(1);
    var heard = new TaskCompletionSource<RoomMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
    hears.MessageReceived += (_, message) => heard.TrySetResult(message);
    await hears.WhenOpenAsync(token);
    await says.SendAsync(made.Item, ShopContext.Default.Order, token);
    var said = await heard.Task.WaitAsync(token);
    Console.WriteLine($"room: {said.Content.GetProperty("total")}, from the other {said.From == says.You!.Id}");
}
else
{
    try
    {
        client.Resource("orders").OpenRoom(1);
    }
    catch (RealtimeApiException e)
    {
        Console.WriteLine($"room: {e.Code}");
    }
}

try
{
    await orders.CreateAsync(new(0, null!, -1), cancellationToken: token);
}
catch (RealtimeApiException e)
{
    Console.WriteLine($"refused: {e.Code}: {string.Join(", ", e.Problem.Errors!.Keys)}");
}
