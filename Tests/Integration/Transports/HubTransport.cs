using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>The hub, by a plain SignalR client.</summary>
internal sealed class HubTransport(string protocol) : ITransport
{
    public bool HasInitial => true;

    public async Task<TransportWatch> StartAsync(TestServer server, WatchRequest request)
    {
        var client = await HubClient.ConnectAsync(server, protocol);
        try
        {
            // As another client would write it: what is not asked for is left out.
            var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(JsonSerializer.Serialize(request))!
                .ToDictionary(f => f.Key, f => (object?)(f.Value.ValueKind == JsonValueKind.True ? true : f.Value.GetString()));
            return new HubWatch(client, await client.SubscribeAsync("w", fields));
        }
        catch (HubException refused)
        {
            await client.DisposeAsync();
            var parts = refused.Message.Split(": ", 2);
            throw new RefusedException(parts[0], parts[1]);
        }
    }

    private sealed class HubWatch : TransportWatch
    {
        private readonly HubClient client;

        public HubWatch(HubClient client, string? cursor)
        {
            this.client = client;
            Cursor = cursor;
            Synced = cursor is not null;
        }

        public override ValueTask DisposeAsync() => client.DisposeAsync();

        protected override async Task<IReadOnlyList<JsonElement>> ReadAsync(CancellationToken cancellationToken)
        {
            var push = await client.NextPushAsync("w");
            if (push.Problem is { } problem)
                throw Problems.ToException(problem);
            var batch = push.Batch!;
            if (Synced)
                Assert.Equal(Cursor, batch.From);
            Cursor = batch.Cursor;
            Synced |= batch.Synced;
            return batch.Changes;
        }
    }
}
