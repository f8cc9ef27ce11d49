using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>Serves <c>/problems/&lt;code&gt;</c>, the address that a problem's <c>type</c> is, to whoever follows it.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ProblemDetails.TypePrefix + "{code}", WriteAsync).WithDisplayName("Problem page");

    private static Task WriteAsync(HttpContext context)
    {
        if (ProblemKind.Find((string)context.Request.RouteValues["code"]!) is not { } kind)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        // Every part is a constant of ours; nothing of the request is echoed.
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{kind.Code}</title>
            <body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem">
            <h1>{kind.Code}</h1>
            <p><strong>{kind.Title}</strong> (HTTP {kind.Status} {ReasonPhrases.GetReasonPhrase(kind.Status)}).</p>
            <p>{kind.Remedy}</p>
            </html>

            """,
            context.RequestAborted);
    }
}
