using System.Text.Json.Nodes;
using RealtimeApi.Server.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>A watch as a transport drives it: reads until there is nothing, then waits until it is told. Checks that its batches join.</summary>
internal sealed class TestWatch(EngineFixture fixture)
{
    private const int MaxBytes = 32 * 1024;

    private int told;
    private Watch? watch;
    private string? cursor;
    private bool synced;

    public Watch Watch => watch!;

    /// <summary>How often <c>ready</c> was called.</summary>
    public int Told => Volatile.Read(ref told);

    /// <summary>The cursor of the batch read last, or of the start.</summary>
    public string? Cursor => cursor;

    public void OnReady(Watch ready)
    {
        Assert.True(watch is null || ReferenceEquals(watch, ready));
        Interlocked.Increment(ref told);
    }

    public void Begin(Watch started)
    {
        watch = started;
        cursor = started.StartCursor;
        synced = cursor is not null;
    }

    /// <summary>The next batch, or null; checks that it starts where the last one ended.</summary>
    public async ValueTask<WatchBatch?> ReadAsync(int maxBytes = MaxBytes, int maxEvents = int.MaxValue)
    {
        var batch = await Watch.ReadAsync(new(maxBytes, maxEvents), TestContext.Current.CancellationToken);
        if (batch is null)
            return null;
        Assert.Equal(synced ? cursor : null, batch.From);
        if (synced)
            Assert.NotNull(batch.Cursor);
        else
            Assert.Equal(batch.Synced, batch.Cursor is not null);
        synced |= batch.Synced;
        cursor = batch.Cursor;
        return batch;
    }

    /// <summary>All events that there are now.</summary>
    public async Task<List<JsonObject>> DrainAsync(int maxBytes = MaxBytes)
    {
        List<JsonObject> events = [];
        while (await ReadAsync(maxBytes) is { } batch)
            events.AddRange(EventsOf(batch));
        return events;
    }

    /// <summary>What the engine has evaluated once it has taken all that the database has.</summary>
    public async Task<List<JsonObject>> SettleAndDrainAsync(int maxBytes = MaxBytes)
    {
        await fixture.SettleAsync();
        return await DrainAsync(maxBytes);
    }

    /// <summary>In short: the view, the key and, where there is one, the item's status.</summary>
    public async Task<List<string>> SettleAndSummarizeAsync() => [.. (await SettleAndDrainAsync()).Select(Summarize)];

    public static string Summarize(JsonObject made) => $"{made["view"]} {made["subject"]} {made["data"]?["status"]}".TrimEnd();

    public static IEnumerable<JsonObject> EventsOf(WatchBatch batch)
    {
        var json = JsonNode.Parse(batch.Json.Span)!.AsObject();
        Assert.Equal(batch.From, (string?)json["from"]);
        Assert.Equal(batch.Cursor, (string?)json["cursor"]);
        return json["changes"]!.AsArray().Select(e => e!.AsObject());
    }
}
