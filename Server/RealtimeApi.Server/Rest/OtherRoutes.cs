using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Rest;

/// <summary>Answers what is under <c>/api</c> but neither read nor anything else that is mapped there.</summary>
internal sealed class OtherRoutes(ResourceReads reads)
{
    private const string Reads = "GET, HEAD, OPTIONS";

    /// <summary>A path that exists, by a method that it does not take.</summary>
    public Task RefuseMethod(HttpContext context)
    {
        var resource = context.Request.RouteValues["resource"] is string name ? reads.Find(name) : null;
        var isItem = context.Request.RouteValues.ContainsKey("key");
        var headers = context.Response.Headers;
        var allow = resource is not { Writable: true } ? Reads : isItem ? Reads + ", PUT, PATCH, DELETE" : Reads + ", POST";
        headers.Allow = allow;
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            var what = resource is null ? "The service document" : isItem ? $"An item of '{resource.Name}'" : $"'{resource.Name}'";
            throw new ProblemException(ProblemCodes.NotWritable, $"{what} takes {allow} only.");
        }

        if (resource is { Writable: true })
            headers[isItem ? "Accept-Patch" : "Accept-Post"] = isItem ? "application/merge-patch+json" : "application/json";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>A path that does not exist.</summary>
    public Task RefusePath(HttpContext context)
    {
        var rest = (string?)context.Request.RouteValues["rest"] ?? "";
        var resource = reads.Find(rest.Split('/')[0]);
        throw new ProblemException(ProblemCodes.NotFound, $"Nothing is at this path. The items of '{resource.Name}' are one segment below it; a slash in a key is sent as %2F.");
    }
}
