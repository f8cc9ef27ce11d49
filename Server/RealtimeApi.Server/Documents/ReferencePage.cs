using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace RealtimeApi.Server.Documents;

/// <summary>The API reference at <c>/docs</c>: all of it comes from this server, so that it works without a network.</summary>
internal static class ReferencePage
{
    public const string Path = "/docs";

    public static void MapReference(this IEndpointRouteBuilder endpoints) => endpoints.MapScalarApiReference(Path, static (options, context) =>
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
        options.WithNonce(nonce);
        options.WithTitle("RealtimeApi");
        options.AddDocument("v1", "REST (OpenAPI)", DocumentsRegistration.OpenApiPath.TrimStart('/'), isDefault: true);
        options.AddAsyncApiDocument("hub", "Hub and streams (AsyncAPI)", DocumentsRegistration.AsyncApiPath.TrimStart('/'));
        options.DefaultFonts = false;
        options.Telemetry = false;
        options.Agent = new() { Disabled = true };
        options.Mcp = new() { Disabled = true };
        options.HideClientButton = true;
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        // Names in the first column of a table are broken in the middle otherwise.
        options.CustomCss = ".markdown td:not(:last-child), .markdown td:not(:last-child) * { overflow-wrap: normal; word-break: keep-all }";
    }).Add(static endpoint =>
    {
        // Scalar maps GET alone; a checker of links asks with HEAD.
        foreach (var methods in endpoint.Metadata.OfType<HttpMethodMetadata>().ToArray())
            endpoint.Metadata.Remove(methods);
        endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    });

    /// <summary>In place of the host's, which is made for its own page: this one's script puts its styles into the page itself.</summary>
    private static string Policy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}
