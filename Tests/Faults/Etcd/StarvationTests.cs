using System.Globalization;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Etcd;

/// <summary>What etcd's watches did to each other on one connection, and what was left of connections that had gone.</summary>
public sealed class StarvationTests : IDisposable
{
    private const int Busy = 40;
    private const int Flood = 1500;

    private readonly TempDatabase database = new("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Text TEXT); CREATE TABLE Rare (Id INTEGER PRIMARY KEY)");

    public void Dispose() => database.Dispose();

    /// <summary>With hundreds of watches on one stream some were served minutes late (etcd issues 15402 and 17529). Here each gets its turn: the rare change, written last, comes long before the flood is through.</summary>
    [Fact]
    public async Task Watch_BesideBusyOnesOnTheSameConnection_IsServedInItsTurn()
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var client = await HubWatch.ConnectAsync(server.Address);
        for (var i = 0; i < Busy; i++)
            await client.SubscribeAsync($"busy{i}", new { resource = "items", select = i % 2 == 0 ? null : "text" });
        await client.SubscribeAsync("rare", new { resource = "rare" });

        database.Execute($"BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Flood}) INSERT INTO Items SELECT i, '{new string('x', 300)}' FROM n; INSERT INTO Rare VALUES (1); COMMIT");
        var (events, atRare) = (0, -1);
        var counts = new Dictionary<string, int>();
        while (events < Busy * Flood)
        {
            var push = await client.NextPushAsync();
            var count = push.Batch!.Changes.Count;
            if (push.Id == "rare" && count > 0)
            {
                Assert.Equal(-1, atRare);
                atRare = events;
                continue;
            }

            counts[push.Id] = counts.GetValueOrDefault(push.Id) + count;
            events += count;
        }

        Assert.All(counts.Values, count => Assert.Equal(Flood, count));
        Assert.True(atRare >= 0 && atRare < Busy * Flood / 2, $"The rare change came after {atRare} of {Busy * Flood} events.");
    }

    /// <summary>After very many watches had gone at once, new ones heard nothing (etcd issue 18879).</summary>
    [Fact]
    public async Task Watch_AfterHundredsWereCutOffAtOnce_IsToldAsBefore()
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var proxy = new CuttableProxy(server.Address);
        for (var round = 0; round < 3; round++)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => HubWatch.ConnectAsync(proxy.Address)));
            await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, 10).Select(i => client.SubscribeAsync(i.ToString(CultureInfo.InvariantCulture), new { resource = "items", filter = i < 5 ? null : $"id eq {i}" }))));
            database.Execute($"INSERT INTO Items VALUES ({round}, 'x')");
            proxy.Cut();
            await using var watch = await HubWatch.StartAsync(server.Address, "items", since: null);
            database.Execute($"UPDATE Items SET Text = 'y' WHERE Id = {round}");
            var ids = await watch.NextAsync();
            while (ids.Count == 0)
                ids = await watch.NextAsync();
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }
}
