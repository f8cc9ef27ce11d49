using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using RealtimeApi.Tests.TestSupport.Following;

namespace RealtimeApi.Tests.Faults.Watchers;

/// <summary>Asks for the changes again and again, waiting for them or not, without a connection of its own.</summary>
/// <param name="address">The server's.</param>
/// <param name="view">What to watch.</param>
/// <param name="fromList">Whether to begin with a list; else now.</param>
/// <param name="random">Draws how to ask.</param>
/// <param name="mayExpire">Whether the log is trimmed beneath it.</param>
/// <param name="patience">How long an answer may take, its waiting included; more than the six seconds that it waits at most.</param>
internal sealed class PollFollower(Uri address, View view, bool fromList, Random random, bool mayExpire, TimeSpan patience) : IFollower
{
    public Followed Followed { get; } = new(view, $"polling ({(fromList ? "list" : "now")})") { MayExpire = mayExpire };

    public async Task FollowAsync(CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = patience };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await AskAsync(client, stop);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or SocketException)
            {
                Followed.Resumed++;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(HttpClient client, CancellationToken stop)
    {
        if (Followed.Cursor is null && fromList)
        {
            await ListAsync(client, stop);
            return;
        }

        List<string> options = Followed.Cursor is { } cursor
            ? [$"since={cursor}", string.Create(CultureInfo.InvariantCulture, $"wait={random.Next(3) * 3}"), string.Create(CultureInfo.InvariantCulture, $"limit={random.Next(1, 200)}")]
            : [];
        using var response = await client.GetAsync(new Uri(address, WatchPath.Of(view, "changes", options)), stop);
        var text = await response.Content.ReadAsStringAsync(stop);
        if (response.StatusCode == HttpStatusCode.Gone)
        {
            Followed.Expire(text);
            return;
        }

        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            return;
        Followed.Check(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        using var json = JsonDocument.Parse(text);
        var next = json.RootElement.GetProperty("cursor").GetString()!;
        if (Followed.Cursor is null)
            Followed.Begin(next);
        foreach (var change in json.RootElement.GetProperty("changes").EnumerateArray())
            Followed.Add(Seen.Of(view.Resource, change), change.GetProperty("id").GetString());
        Followed.MoveTo(next);
    }

    private async Task ListAsync(HttpClient client, CancellationToken stop)
    {
        // The cursor first: what changes while the pages are read comes once more.
        using var first = await client.GetAsync(new Uri(address, $"api/{view.Resource}?$top=1"), stop);
        first.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await first.Content.ReadAsStringAsync(stop));
        var cursor = json.RootElement.GetProperty("cursor").GetString()!;
        var items = await FreshRead.TryReadAsync(client, address, view, random.Next(1, 30), ("Realtime-Min-Cursor", cursor), stop);
        if (items is null)
            return;
        Followed.BeginItems();
        foreach (var (key, item) in items)
            Followed.AddInitial(key, item);
        Followed.Begin(cursor);
    }
}
