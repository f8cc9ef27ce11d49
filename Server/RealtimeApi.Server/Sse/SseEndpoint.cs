using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Sse;

/// <summary>Answers <c>/events</c> of a resource and of an item with a stream of its changes (PROTOCOL, Server-sent events).</summary>
internal sealed class SseEndpoint(StreamContext streams, CatalogSource catalogs)
{
    public const string Segment = Routes.Events;

    public const string ContentType = "text/event-stream";
    private const string LastEventId = "Last-Event-ID";
    private const string Since = "since";
    private const string Initial = "initial";

    private static readonly string[] Options = [QueryOptions.Filter, QueryOptions.Select, Since, Initial];

    public async Task InvokeAsync(HttpContext context)
    {
        RequireAccepted(context.Request);
        using var stream = new EventStream(context, streams);
        await stream.StartAsync(ReadRequest(context.Request));

        // Each event goes out as it is written; no one on the way may keep, change or collect them.
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var headers = context.Response.Headers;
        headers.ContentType = ContentType;
        headers.CacheControl = "no-cache, no-transform";
        headers["X-Accel-Buffering"] = "no";
        if (!HttpMethods.IsHead(context.Request.Method))
            await stream.RunAsync();
    }

    private WatchRequest ReadRequest(HttpRequest request)
    {
        var watch = WatchTarget.Of(request, catalogs.Current);
        var options = OptionSet.Collect(QueryOptions.Read(request.QueryString.Value), Options);
        watch = watch with { Filter = options.GetValueOrDefault(QueryOptions.Filter), Select = options.GetValueOrDefault(QueryOptions.Select) };

        // A browser that connects again repeats its first address, whatever it asked there.
        var last = request.Headers[LastEventId].ToString();
        if (last.Length > 0)
            return watch with { Since = last };
        return watch with { Since = options.GetValueOrDefault(Since), Initial = ReadInitial(options.GetValueOrDefault(Initial)) };
    }

    private static bool ReadInitial(string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw QueryProblem.Of($"{Initial} is true or false; {QueryProblem.Quote(text)} is neither."),
    };

    /// <summary>The most specific range that covers the type decides (RFC 9110, Accept); clients that say nothing intelligible take anything.</summary>
    private static void RequireAccepted(HttpRequest request)
    {
        if (request.GetTypedHeaders().Accept is not { Count: > 0 } ranges)
            return;
        var covering = ranges.Where(static range => range.MatchesMediaType(ContentType)).MaxBy(Specificity);
        if (covering is null || covering.Quality == 0)
            throw new ProblemException(ProblemCodes.NotAcceptable, $"This address answers with {ContentType}, which the Accept header '{request.Headers.Accept}' excludes.");
    }

    private static int Specificity(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
}
