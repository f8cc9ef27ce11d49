using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>A server that serves its documents.</summary>
internal static class DescribedServer
{
    public const string OpenApi = "/openapi/v1.json";
    public const string AsyncApi = "/asyncapi/v1.json";

    public static Task<TestServer> StartAsync(
        TempDatabase database, Action<RealtimeApiOptions>? configure = null, Action<IServiceCollection>? build = null, Action<WebApplication>? map = null) => TestServer.StartAsync(
        database.File,
        configure,
        build,
        app =>
        {
            map?.Invoke(app);
            app.MapRealtimeApiDocuments();
        });

    public static async Task<JsonNode> ReadAsync(this TestServer server, string path) =>
        JsonNode.Parse(await server.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken))!;

    /// <summary>What a JSON reference of a document refers to; anything else itself.</summary>
    public static JsonNode Resolve(this JsonNode document, JsonNode node)
    {
        while (node is JsonObject && node["$ref"] is { } reference)
        {
            node = document;
            foreach (var part in reference.GetValue<string>().Split('/').Skip(1))
                node = node[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)] ?? throw new InvalidOperationException($"{reference} refers to nothing.");
        }

        return node;
    }

    /// <summary>Every operation: its path, its method and what is said of it.</summary>
    public static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations(this JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        where method.Key != "parameters"
        select (path.Key, method.Key, method.Value!.AsObject());
}
