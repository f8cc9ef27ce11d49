using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>What a client reads that does not watch.</summary>
internal static class FreshRead
{
    /// <summary>All items of a view, page by page; with what the request says about how fresh they must be.</summary>
    public static async Task<Dictionary<string, JsonObject>> ReadAsync(HttpClient client, Uri address, View view, int pageSize, (string Name, string Value) header, CancellationToken cancellationToken)
    {
        var items = new Dictionary<string, JsonObject>();
        var select = view.Select is { } fields ? $"&$select={Uri.EscapeDataString(fields)}" : "";
        if (view.Key is { } key)
        {
            if (await GetAsync(client, $"{address}api/{view.Resource}/{key}?{select.TrimStart('&')}", header, cancellationToken) is { } item)
                items.Add(view.KeyOf(item), item);
            return items;
        }

        var filter = view.Filter is { } condition ? $"&$filter={Uri.EscapeDataString(condition)}" : "";
        var count = (long?)null;
        for (var next = string.Create(CultureInfo.InvariantCulture, $"{address}api/{view.Resource}?$top={pageSize}&$count=true{filter}{select}"); next is not null;)
        {
            var page = await GetAsync(client, next, header, cancellationToken);
            foreach (var item in page!["value"]!.AsArray())
                items.Add(view.KeyOf(item!.AsObject()), item.AsObject());
            count = (long?)page["count"] ?? count;
            next = (string?)page["nextLink"] is { } link ? new Uri(address, link).AbsoluteUri : null;
        }

        Assert.Equal(count, items.Count);
        return items;
    }

    /// <summary>The same while others write, so that the count of the first page is not that of all; null where a page was refused for the moment.</summary>
    public static async Task<Dictionary<string, JsonObject>?> TryReadAsync(HttpClient client, Uri address, View view, int pageSize, (string Name, string Value) header, CancellationToken cancellationToken)
    {
        var items = new Dictionary<string, JsonObject>();
        var select = view.Select is { } fields ? $"&$select={Uri.EscapeDataString(fields)}" : "";
        var filter = view.Filter is { } condition ? $"&$filter={Uri.EscapeDataString(condition)}" : "";
        var next = view.Key is { } key
            ? $"{address}api/{view.Resource}/{key}?{select.TrimStart('&')}"
            : string.Create(CultureInfo.InvariantCulture, $"{address}api/{view.Resource}?$top={pageSize}{filter}{select}");
        while (next is not null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            request.Headers.Add(header.Name, header.Value);
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return items;
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.Gone)
                return null;
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{next}: {text}");
            var page = JsonNode.Parse(text)!.AsObject();
            if (view.Key is not null)
                return new() { [view.KeyOf(page)] = page };
            foreach (var item in page["value"]!.AsArray())
                items[view.KeyOf(item!.AsObject())] = item.AsObject();
            next = (string?)page["nextLink"] is { } link ? new Uri(address, link).AbsoluteUri : null;
        }

        return items;
    }

    private static async Task<JsonObject?> GetAsync(HttpClient client, string address, (string Name, string Value) header, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(header.Name, header.Value);
        using var response = await client.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }
}
