using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>What the tests of this folder ask of a server.</summary>
internal static class WriteClient
{
    public static Task<HttpResponseMessage> PostAsync(this TestServer server, string path, string json, params (string Name, string Value)[] headers) =>
        server.WriteAsync(HttpMethod.Post, path, json, "application/json", headers);

    public static Task<HttpResponseMessage> PutAsync(this TestServer server, string path, string json, params (string Name, string Value)[] headers) =>
        server.WriteAsync(HttpMethod.Put, path, json, "application/json", headers);

    public static Task<HttpResponseMessage> PatchAsync(this TestServer server, string path, string json, params (string Name, string Value)[] headers) =>
        server.WriteAsync(HttpMethod.Patch, path, json, "application/merge-patch+json", headers);

    public static Task<HttpResponseMessage> DeleteAsync(this TestServer server, string path, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Delete, path, headers);

    public static Task<HttpResponseMessage> WriteAsync(
        this TestServer server, HttpMethod method, string path, string body, string? contentType, params (string Name, string Value)[] headers) =>
        server.WriteAsync(method, path, Encoding.UTF8.GetBytes(body), contentType, headers);

    public static async Task<HttpResponseMessage> WriteAsync(
        this TestServer server, HttpMethod method, string path, byte[] body, string? contentType, params (string Name, string Value)[] headers)
    {
        var address = server.Address.GetLeftPart(UriPartial.Authority) + path;
        using var request = new HttpRequestMessage(method, new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = new ByteArrayContent(body),
        };
        if (contentType is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The item that a successful write is answered with.</summary>
    public static async Task<JsonElement> ItemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.TextAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The fields that an <c>invalid-body</c> names.</summary>
    public static async Task<string[]> FaultsAsync(this HttpResponseMessage response)
    {
        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, Contracts.ProblemCodes.InvalidBody);
        return [.. problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
    }

    /// <summary>Reads an item past every cache.</summary>
    public static async Task<(string Text, string Tag)> ReadAsync(this TestServer server, string path)
    {
        using var response = await server.SendAsync(path, ("Cache-Control", "no-cache"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.TextAsync(), response.Header("ETag"));
    }
}
