using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Rest;

/// <summary>Answers what is under <c>/api</c> but neither read nor anything else that is mapped there.</summary>
internal sealed class OtherRoutes(ResourceReads reads)
{
    private const string Allow = "GET, HEAD, OPTIONS";

    /// <summary>A path that exists, by another method.</summary>
    public Task RefuseMethod(HttpContext context)
    {
        var resource = context.Request.RouteValues["resource"] is string name ? reads.Find(name).Name : null;
        context.Response.Headers.Allow = Allow;
        if (!HttpMethods.IsOptions(context.Request.Method))
            throw new ProblemException(ProblemCodes.NotWritable, $"{(resource is null ? "The service document" : $"'{resource}'")} takes {Allow} only.");
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
