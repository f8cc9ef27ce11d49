using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>What happened to a resource, by one undisturbed watch of it since the very beginning.</summary>
internal static class WholeHistory
{
    /// <summary>Watches from <paramref name="start"/>, a cursor of the empty database, to the last row.</summary>
    public static async Task<ChangeHistory> ReadAsync(Uri address, string resource, string start)
    {
        var history = new ChangeHistory(Warehouse.All(resource));
        await using var client = await HubClient.ConnectAsync(address, "json");
        var from = await client.SubscribeAsync("all", new { resource, since = start });
        while (history.Last?.Key != Warehouse.LastKeys[resource])
        {
            var batch = (await client.NextPushAsync("all")).Batch ?? throw new InvalidOperationException($"The watch of all {resource} ended.");
            Assert.Equal(from, batch.From);
            from = batch.Cursor;
            foreach (var change in batch.Changes)
                history.Add(Seen.Of(resource, change));
        }

        return history;
    }
}
