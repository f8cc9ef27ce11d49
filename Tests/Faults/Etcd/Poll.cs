using System.Net;
using System.Text.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Etcd;

/// <summary>Asks once for the changes since a cursor.</summary>
/// <param name="Ids">The ids of the events; null when the cursor has expired.</param>
/// <param name="Events">The events as <c>view key</c>.</param>
/// <param name="Cursor">Where it ended.</param>
internal sealed record Poll(IReadOnlyList<string>? Ids, IReadOnlyList<string> Events, string? Cursor)
{
    public bool IsExpired => Ids is null;

    /// <summary>Everything after <paramref name="since"/>, however many answers that takes; nothing but the present cursor where that is null.</summary>
    public static async Task<Poll> Async(TestServer server, string path, string? since)
    {
        var (ids, events) = (new List<string>(), new List<string>());
        for (var cursor = since; ;)
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            using var response = await server.Client.GetAsync(new Uri(cursor is null ? path : $"{path}{separator}since={cursor}&wait=0", UriKind.Relative), TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (response.StatusCode == HttpStatusCode.Gone)
            {
                Assert.Empty(ids);
                return new(null, [], null);
            }

            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            using var json = JsonDocument.Parse(text);
            foreach (var change in json.RootElement.GetProperty("changes").EnumerateArray())
            {
                ids.Add(change.GetProperty("id").GetString()!);
                events.Add($"{change.GetProperty("view").GetString()} {change.GetProperty("subject").GetString()}");
            }

            cursor = json.RootElement.GetProperty("cursor").GetString();
            if (!json.RootElement.GetProperty("more").GetBoolean())
                return new(ids, events, cursor);
        }
    }

    /// <summary>The same until so many events have come.</summary>
    public static async Task<Poll> UntilAsync(TestServer server, string path, string since, int count)
    {
        var poll = new Poll([], [], since);
        await Until.TrueAsync(async () =>
        {
            poll = await Async(server, path, since);
            Assert.False(poll.IsExpired);
            return poll.Events.Count >= count;
        });
        return poll;
    }
}
