using System.Net;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>
/// Random bodies against random tables: whatever is sent, the server does not fail; what a write answers with is what a read gives and what its event carries; what it refuses
/// changes nothing.
/// </summary>
public sealed class WritePropertyTests
{
    private const int Writes = 120;

    private static readonly HttpMethod[] Methods = [HttpMethod.Post, HttpMethod.Post, HttpMethod.Put, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];

    private static readonly HttpStatusCode[] Expected =
    [
        HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Conflict,
        HttpStatusCode.PreconditionFailed, HttpStatusCode.UnprocessableEntity,
    ];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("Seeds") ?? "8", System.Globalization.CultureInfo.InvariantCulture))];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Write_OfAnything_IsReadAndWatchedAsItWasAnswered(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        using var database = new TempDatabase(table.Sql);
        await using var server = await TestServer.StartAsync(database.File, options => options.Resources["*"].Write = true);
        var items = new Dictionary<string, string>();
        var events = new List<(string View, string? Data)>();
        var since = (await server.GetJsonAsync("/api/t/changes")).GetProperty("cursor").GetString()!;
        var accepted = 0;

        for (var i = 0; i < Writes; i++)
        {
            var method = Methods[random.Next(Methods.Length)];
            var path = method == HttpMethod.Post ? "/api/t" : table.Path(items.Keys);
            var body = table.Body(items.GetValueOrDefault(path));
            var headers = new List<(string, string)>();
            if (method == HttpMethod.Post && random.Next(4) == 0)
                headers.Add(("Idempotency-Key", $"k{random.Next(5)}"));
            var at = method == HttpMethod.Post ? null : await FindAsync(server, items, path);
            if (random.Next(5) == 0)
                headers.Add(("If-Match", random.Next(2) == 0 || at is null ? "\"x\"" : (await server.ReadAsync(path)).Tag));
            using var response = await server.WriteAsync(method, path, body, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json", [.. headers]);
            var text = await response.TextAsync();
            var context = $"seed {seed}: {table.Sql} {method} {path} {body} {string.Join(';', headers)} → {(int)response.StatusCode} {text}";
            Assert.True(Expected.Contains(response.StatusCode), context);
            if (!response.IsSuccessStatusCode)
                continue;

            accepted++;
            if (response.StatusCode == HttpStatusCode.Created)
                path = response.Headers.Location!.OriginalString;
            using var read = await server.SendAsync(path, ("Realtime-Min-Cursor", response.Header("Realtime-Cursor")));
            if (method == HttpMethod.Delete)
            {
                Assert.True(read.StatusCode == HttpStatusCode.NotFound, context);
                items.Remove(at!);
                events.Add(("removed", null));
                continue;
            }

            // A repeat gives the first answer, whatever has become of the item since.
            if (headers.Exists(header => header.Item1 == "Idempotency-Key") && events.Exists(known => known.Data == text) && (read.StatusCode != HttpStatusCode.OK || items.GetValueOrDefault(path) == await read.TextAsync()))
                continue;
            Assert.True(read.StatusCode == HttpStatusCode.OK && await read.TextAsync() == text && read.Header("ETag") == response.Header("ETag"), $"{context}, and was read as {await read.TextAsync()}");
            if (at is null)
                events.Add(("added", text));
            else if (items[at] != text)
                events.Add(("modified", text));
            items[at ?? path] = text;
        }

        var list = await server.GetJsonAsync("/api/t?$top=1000");
        Assert.Equal(items.Values.Order(), list.GetProperty("value").EnumerateArray().Select(item => item.GetRawText()).Order());
        var seen = new List<(string View, string? Data)>();
        while (seen.Count < events.Count)
        {
            var page = await server.GetJsonAsync($"/api/t/changes?since={since}&wait=5");
            since = page.GetProperty("cursor").GetString()!;
            var changes = page.GetProperty("changes").EnumerateArray().ToList();
            Assert.True(changes.Count > 0, $"seed {seed}: {events.Count - seen.Count} events are missing");
            // Without a filter a row that is new is "added", one that is there "modified".
            seen.AddRange(changes.Select(change => (change.GetProperty("view").GetString()!, change.TryGetProperty("data", out var data) ? data.GetRawText() : null)));
        }

        Assert.Equal(events, seen);
        Assert.True(accepted > 0, $"seed {seed}: {table.Sql} took none of {Writes} writes");
    }

    /// <summary>The path under which an item is known, by whichever of its paths it is asked for; null where there is none.</summary>
    private static async Task<string?> FindAsync(TestServer server, Dictionary<string, string> items, string path)
    {
        using var response = await server.SendAsync(path, ("Cache-Control", "no-cache"));
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        var text = await response.TextAsync();
        return items.Single(item => item.Value == text).Key;
    }
}
