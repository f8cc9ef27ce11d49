using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>One watch that is cut off again and again and resumed by another transport, each as often as every other, in an order that is drawn.</summary>
internal sealed class Hopper(WatchRequest request, string? start, Random random)
{
    private readonly List<string> left = [];

    /// <summary>Everything seen so far.</summary>
    public List<JsonElement> Seen { get; } = [];

    /// <summary>The transports used so far.</summary>
    public List<string> Hops { get; } = [];

    private string? Cursor { get; set; } = start;

    /// <summary>Watches by the next transport until it has seen so many more events, or one of <paramref name="last"/>, and cuts that off.</summary>
    public async Task HopAsync(TestServer server, int events, string last)
    {
        if (left.Count == 0)
            left.AddRange(TransportNames.All);
        var name = left[random.Next(left.Count)];
        left.Remove(name);
        Hops.Add(name);
        await using var watch = await TransportNames.Find(name).StartAsync(server, request with { Since = Cursor });
        var enough = Seen.Count + events;
        while (Seen.Count < enough && !HasSeen(last))
        {
            Seen.AddRange(await watch.NextAsync());
            Cursor = watch.Cursor;
        }

        // An event in the middle of what was handed out is as good a place to resume from as its end.
        if (random.Next(3) == 0 && Seen.Count > 3 && !HasSeen(last))
        {
            Seen.RemoveRange(Seen.Count - 2, 2);
            Cursor = Id(Seen[^1]);
        }
    }

    /// <summary>Whether the newest event is of the item with this key.</summary>
    public bool HasSeen(string key) => Seen.Count > 0 && Subject(Seen[^1]) == key;

    /// <summary>What the events lead to.</summary>
    public SortedDictionary<string, string> View()
    {
        SortedDictionary<string, string> view = new(StringComparer.Ordinal);
        foreach (var made in Seen)
        {
            if (made.GetProperty("view").GetString() == "removed")
                Assert.True(view.Remove(Subject(made)));
            else
                view[Subject(made)] = made.GetProperty("data").ToString();
        }

        return view;
    }

    public static string Subject(JsonElement made) => made.GetProperty("subject").GetString()!;

    public static string Id(JsonElement made) => made.GetProperty("id").GetString()!;
}
