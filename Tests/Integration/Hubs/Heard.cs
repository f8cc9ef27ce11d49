using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>What a client of the hub is sent beside its watches, in order, until a test asks for it.</summary>
internal sealed class Heard
{
    private readonly Channel<JsonElement> calls = Channel.CreateUnbounded<JsonElement>();

    /// <summary>The <c>Message</c>s of a client: <c>[resource, key, from, message]</c>.</summary>
    public static Heard Messages(HubClient client)
    {
        var heard = new Heard();
        client.Connection.On<string, string?, string, object?>("Message", (resource, key, from, message) => heard.Keep(resource, key, from, message));
        return heard;
    }

    /// <summary>The <c>Joined</c>s and <c>Left</c>s of a client, one for each peer: <c>[call, resource, key, id]</c>.</summary>
    public static Heard Presence(HubClient client)
    {
        var heard = new Heard();
        foreach (var call in (string[])["Joined", "Left"])
        {
            client.Connection.On<string, string, object>(call, (resource, key, who) =>
            {
                foreach (var peer in HubClient.ToJson(who).EnumerateArray())
                    heard.Keep(call, resource, key, peer.GetProperty("id").GetString());
            });
        }

        return heard;
    }

    public async Task<JsonElement> NextAsync() =>
        await calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

    /// <summary>What has come and not been asked for.</summary>
    public IReadOnlyList<JsonElement> TakeRest()
    {
        var rest = new List<JsonElement>();
        while (calls.Reader.TryRead(out var call))
            rest.Add(call);
        return rest;
    }

    private void Keep(params object?[] arguments) => calls.Writer.TryWrite(JsonSerializer.SerializeToElement(arguments));
}
