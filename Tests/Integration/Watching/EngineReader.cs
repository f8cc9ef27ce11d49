using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Watching;

/// <summary>Reads one watch of a server's engine as a transport does: what is there, then waits until it is told of more.</summary>
internal sealed class EngineReader : IDisposable
{
    private readonly SemaphoreSlim told = new(0);
    private Watch? watch;

    private EngineReader()
    {
    }

    /// <summary>Where the watch stands, for the next one to resume from; null while its first items are read.</summary>
    public string? Cursor { get; private set; }

    public static async Task<EngineReader> StartAsync(TestServer server, WatchRequest request)
    {
        var reader = new EngineReader();
        var engine = server.Services.GetRequiredService<WatchEngine>();
        reader.watch = await engine.StartAsync(request, _ => reader.told.Release(), TestContext.Current.CancellationToken);
        reader.Cursor = reader.watch.StartCursor;
        return reader;
    }

    /// <summary>The next batch, waiting for it; null when <paramref name="stop"/> says so first.</summary>
    public async Task<WatchBatch?> NextAsync(CancellationToken stop = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, TestContext.Current.CancellationToken);
        while (true)
        {
            if (await ReadAsync() is { } batch)
                return batch;

            try
            {
                Assert.True(await told.WaitAsync(Until.Patience, either.Token), $"Nothing came within {Until.Patience}.");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>What there is to read now, without waiting for more.</summary>
    public async IAsyncEnumerable<WatchBatch> DrainAsync()
    {
        while (await ReadAsync() is { } batch)
            yield return batch;
    }

    /// <summary>So many events, waiting for them.</summary>
    public async Task<List<JsonObject>> TakeAsync(int count)
    {
        List<JsonObject> events = [];
        while (events.Count < count)
            events.AddRange(EventsOf((await NextAsync())!));
        return events;
    }

    /// <summary>The items that the watch starts with, by key.</summary>
    public async Task<Dictionary<string, string>> ReadItemsAsync()
    {
        Dictionary<string, string> items = [];
        WatchBatch batch;
        do
        {
            batch = (await NextAsync())!;
            Apply(items, batch);
        }
        while (!batch.Synced);
        return items;
    }

    public static IEnumerable<JsonObject> EventsOf(WatchBatch batch) => batch.Events.Select(e => JsonNode.Parse(e.Json.Span)!.AsObject());

    public static void Apply(Dictionary<string, string> view, WatchBatch batch)
    {
        foreach (var made in EventsOf(batch))
        {
            if ((string?)made["view"] == "removed")
                view.Remove((string)made["subject"]!);
            else
                view[(string)made["subject"]!] = made["data"]!.ToJsonString();
        }
    }

    private async ValueTask<WatchBatch?> ReadAsync()
    {
        var batch = await watch!.ReadAsync(BatchLimit.Frame, TestContext.Current.CancellationToken);
        if (batch is null)
            return null;
        if (Cursor is not null)
            Assert.Equal(Cursor, batch.From);
        Cursor = batch.Cursor;
        return batch;
    }

    public void Dispose()
    {
        watch?.Dispose();
        told.Dispose();
    }
}
