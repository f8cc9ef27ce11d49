using System.Text.Json.Nodes;
using RealtimeApi.Client;
using RealtimeApi.Contracts;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>
/// Watches with the SDK: from now on, from the items, or from a list; stops at random, as a program does, and goes on from the last cursor it had, by whichever of
/// the clients, each of which has another transport.
/// </summary>
/// <param name="clients">The clients that it may use.</param>
/// <param name="view">What to watch.</param>
/// <param name="beginning">How the watch begins.</param>
/// <param name="random">Draws when to leave, and the sizes of buffers.</param>
/// <param name="mayExpire">Whether the log is trimmed beneath it.</param>
/// <param name="name">What to call it.</param>
internal sealed class SdkFollower(
    IReadOnlyList<RealtimeApiClient> clients, View view, SdkFollower.Beginning beginning, Random random, bool mayExpire = false, string name = "SDK watch") : IFollower
{
    private readonly int bufferSize = random.Next(3) == 0 ? random.Next(1, 20) : 4096;
    private readonly int pageSize = random.Next(1, 30);
    private readonly bool slow = random.Next(3) == 0;
    private RealtimeApiClient client = clients[random.Next(clients.Count)];

    internal enum Beginning
    {
        Now,
        Items,
        List,
    }

    /// <summary>Whether its buffer is never so small that it begins anew every few changes, by which a long run would leave it behind.</summary>
    public bool KeepsUp { get; init; }

    public Followed Followed { get; } = new(view, $"{name} ({beginning})") { MayExpire = mayExpire };

    private ResourceClient<JsonObject> Resource => client.Resource(view.Resource);

    private ResourceView<JsonObject> Filtered
    {
        get
        {
            ResourceView<JsonObject> filtered = view.Filter is { } filter ? Resource.Where(filter) : Resource;
            return view.Select is { } fields ? filtered.Select(fields) : filtered;
        }
    }

    public async Task FollowAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (beginning == Beginning.List && Followed.Cursor is null)
                        await ListAsync(stop);
                    await WatchAsync(stop);
                }
                catch (RealtimeApiException e) when (e.Code == ProblemCodes.CursorExpired)
                {
                    Followed.Expire(e.Message);
                }

                client = clients[random.Next(clients.Count)];
                Followed.Resumed++;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        var options = new WatchOptions
        {
            Since = Followed.Cursor,
            Initial = Followed.Cursor is null && beginning == Beginning.Items,
            Bookmarks = true,
            BufferSize = KeepsUp ? 4096 : bufferSize,
            PageSize = pageSize,
        };
        if (options.Initial)
            Followed.BeginItems();
        var left = random.Next(5, 300);
        await foreach (var change in view.Key is { } key ? Resource.WatchItemAsync(key, options, stop) : Filtered.WatchAsync(options, stop))
        {
            Take(change);
            if (slow && random.Next(40) == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)), TimeProvider.System, stop);
            if (--left == 0)
                return;
        }

        throw new InvalidOperationException($"{Followed} ended by itself.");
    }

    private void Take(ItemChange<JsonObject> change)
    {
        if (change.IsInitial)
        {
            Followed.AddInitial(change.Key, change.Item!);
            return;
        }

        if (Followed.Cursor is null)
        {
            Followed.Begin(change.Cursor!);
            return;
        }

        if (change.Kind is ChangeKind.Added or ChangeKind.Modified or ChangeKind.Removed)
        {
            var operation = change.Operation.ToString().ToLowerInvariant();
            Followed.Add(new(Seen.PositionOf(change.Cursor), false, operation, change.Kind.ToString().ToLowerInvariant(), change.Key, change.Item, change.Time!.Value), id: null);
        }

        Followed.MoveTo(change.Cursor!);
    }

    /// <summary>Reads the view page by page; what fails on the way begins anew.</summary>
    private async Task ListAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                Followed.BeginItems();
                if (view.Key is { } key)
                {
                    // What is not there has no cursor of its own; the list has.
                    var cursor = (await Resource.ListAsync(new() { Top = 1 }, stop)).Cursor!;
                    var entry = await Resource.GetEntryAsync(key, cancellationToken: stop);
                    if (entry is not null)
                        Followed.AddInitial(view.KeyOf(entry.Item), entry.Item);
                    Followed.Begin(entry?.Cursor ?? cursor);
                    return;
                }

                var first = await Filtered.ListAsync(new() { Top = pageSize }, stop);
                for (var page = first; page is not null; page = await page.GetNextAsync(stop))
                    foreach (var item in page.Items)
                        Followed.AddInitial(view.KeyOf(item), item);
                Followed.Begin(first.Cursor!);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or RealtimeApiException { IsTransient: true } || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), TimeProvider.System, stop);
            }
        }
    }
}
