using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>What the tests of this folder ask of a server.</summary>
internal static class RestClient
{
    public static async Task<JsonElement> GetJsonAsync(this TestServer server, string path)
    {
        using var response = await server.SendAsync(path);
        var text = await response.TextAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path} was answered with {(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public static Task<HttpResponseMessage> SendAsync(this TestServer server, string path, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Get, path, headers);

    public static Task<HttpResponseMessage> SendAsync(this TestServer server, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        // The address is sent as it is written: the class Uri would decode some of a key.
        var request = new HttpRequestMessage(method, new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> AssertProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.TextAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal("/problems/" + code, problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        return problem;
    }

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static string Header(this HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    /// <summary>Changes the database as another program would, and waits until the server's feed has seen it.</summary>
    public static async Task ChangeAsync(this TestServer server, TestDatabase database, string sql)
    {
        var feed = server.Services.GetRequiredService<ChangeFeed>();
        var before = feed.State!.Head.Position;
        database.Execute(sql);
        var state = feed.State;
        while (state is null || state.Head.Position <= before || !state.IsCurrent)
            state = await feed.WaitAsync(state, TestContext.Current.CancellationToken);
    }
}
