using System.Net.ServerSentEvents;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>Server-sent events, by the framework's own parser.</summary>
internal sealed class SseTransport : ITransport
{
    public bool HasInitial => true;

    public async Task<TransportWatch> StartAsync(TestServer server, WatchRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, WatchAddress.Of(request, "events"));
        message.Headers.Accept.Add(new("text/event-stream"));
        var response = await server.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        try
        {
            await Problems.ThrowIfRefusedAsync(response);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
            var watch = new SseWatch(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

            // Every stream but one with the current items says first where it starts.
            if (!request.Initial)
                Assert.Empty(await watch.NextAsync());
            return watch;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private sealed class SseWatch : TransportWatch
    {
        private readonly HttpResponseMessage response;
        private readonly SseParser<JsonElement> parser;
        private readonly IAsyncEnumerator<SseItem<JsonElement>> items;

        public SseWatch(HttpResponseMessage response, Stream stream)
        {
            this.response = response;
            parser = SseParser.Create(stream, static (_, data) => JsonDocument.Parse(data.ToArray()).RootElement);
            items = parser.EnumerateAsync().GetAsyncEnumerator();
        }

        public override async ValueTask DisposeAsync()
        {
            response.Dispose();
            try
            {
                await items.DisposeAsync();
            }
            catch (NotSupportedException)
            {
                // A read was still waiting.
            }
        }

        protected override async Task<IReadOnlyList<JsonElement>> ReadAsync(CancellationToken cancellationToken)
        {
            if (!await items.MoveNextAsync().AsTask().WaitAsync(cancellationToken))
                throw new EndOfStreamException("The stream was closed.");
            var item = items.Current;
            if (item.EventType == "ended")
            {
                Assert.Null(item.EventId);
                Assert.False(await items.MoveNextAsync().AsTask().WaitAsync(cancellationToken));
                throw Problems.ToException(item.Data);
            }

            Cursor = parser.LastEventId.Length > 0 ? parser.LastEventId : null;
            if (item.EventType is "bookmark" or "synced")
            {
                Synced = true;
                Assert.Equal(item.EventId, item.Data.GetProperty("cursor").GetString());
                return [];
            }

            if (item.EventType == "reset")
            {
                Assert.False(Synced);
                return [];
            }

            Assert.Equal(item.EventType, item.Data.GetProperty("type").GetString());
            Assert.Equal(Synced ? item.Data.GetProperty("id").GetString() : null, item.EventId);
            return [item.Data];
        }
    }
}
