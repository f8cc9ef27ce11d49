using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>What a client reads that does not watch.</summary>
internal static class FreshRead
{
    /// <summary>All items of a view, page by page; with what the request says about how fresh they must be.</summary>
    public static async Task<Dictionary<string, JsonObject>> ReadAsync(HttpClient client, Uri address, View view, int pageSize, (string Name, string Value) header)
    {
        var items = new Dictionary<string, JsonObject>();
        var select = view.Select is { } fields ? $"&$select={Uri.EscapeDataString(fields)}" : "";
        if (view.Key is { } key)
        {
            if (await GetAsync(client, $"{address}api/{view.Resource}/{key}?{select.TrimStart('&')}", header) is { } item)
                items.Add(Warehouse.KeyOf(view.Resource, item), item);
            return items;
        }

        var filter = view.Filter is { } condition ? $"&$filter={Uri.EscapeDataString(condition)}" : "";
        var count = (long?)null;
        for (var next = string.Create(CultureInfo.InvariantCulture, $"{address}api/{view.Resource}?$top={pageSize}&$count=true{filter}{select}"); next is not null;)
        {
            var page = await GetAsync(client, next, header);
            foreach (var item in page!["value"]!.AsArray())
                items.Add(Warehouse.KeyOf(view.Resource, item!.AsObject()), item.AsObject());
            count = (long?)page["count"] ?? count;
            next = (string?)page["nextLink"] is { } link ? new Uri(address, link).AbsoluteUri : null;
        }

        Assert.Equal(count, items.Count);
        return items;
    }

    private static async Task<JsonObject?> GetAsync(HttpClient client, string address, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(header.Name, header.Value);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }
}
