using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Sends an answer: its headers, then 304 or the body.</summary>
internal static class AnswerWriter
{
    private const string Json = "application/json";
    internal const string CursorHeader = "Realtime-Cursor";

    private static readonly StringValues CacheControl = "private, no-cache";
    private static readonly StringValues Vary = "Authorization, X-Api-Key";

    public static Task WriteAsync(HttpContext context, Answer answer, in ReadConditions conditions, ReadBuffer buffer)
    {
        var read = answer.Read!;
        var root = RestPaths.Root(context.Request, depth: read.Key is null ? 1 : 2);
        var headers = context.Response.Headers;
        SetValidators(headers, read.Tag);
        if (answer.Cursor is { } cursor)
        {
            headers[CursorHeader] = cursor;
            headers.Link = MonitorLink(root, read, context.Request.QueryString.Value);
        }

        if (conditions.Have(read.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteBodyAsync(context, read.Query is null ? read.Body : Compose(buffer, root, answer, context.Request.QueryString.Value));
    }

    /// <summary>Sends a body that is the same for everyone who may have it.</summary>
    public static Task WriteAsync(HttpContext context, string tag, ReadOnlyMemory<byte> body, in ReadConditions conditions)
    {
        SetValidators(context.Response.Headers, tag);
        if (!conditions.Have(tag))
            return WriteBodyAsync(context, body);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    internal static void SetValidators(IHeaderDictionary headers, string tag)
    {
        headers.ETag = tag;
        headers.CacheControl = CacheControl;
        headers.Vary = headers.Vary.Count == 0 ? Vary : StringValues.Concat(headers.Vary, Vary);
    }

    internal static Task WriteBodyAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.ContentType = Json;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Puts around the items of a list what is different each time it is sent.</summary>
    private static ReadOnlyMemory<byte> Compose(ReadBuffer buffer, string root, Answer answer, string? query)
    {
        var read = answer.Read!;
        var cursor = read.FirstCursor ?? answer.Cursor;
        var start = buffer.Next();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WritePropertyName("value"u8);
        writer.WriteRawValue(read.Body.Span, skipInputValidation: true);
        if (cursor is not null)
            writer.WriteString("cursor"u8, cursor);
        if (read.Last is not null)
            writer.WriteString("nextLink"u8, NextLink(root, read, cursor, query));
        if (read.Count is { } count)
            writer.WriteNumber("count"u8, count);
        writer.WriteEndObject();
        buffer.Next();
        return buffer.From(start);
    }

    /// <summary>The same request but for where it starts: relative to the host, since a proxy may have another name for it.</summary>
    private static string NextLink(string root, Read read, string? cursor, string? query)
    {
        var options = new StringBuilder();
        foreach (var (name, value) in QueryOptions.Read(query))
            if (name != QueryOptions.SkipToken)
                RestPaths.AppendOption(options, name, value);
        RestPaths.AppendOption(options, QueryOptions.SkipToken, QueryParser.MakeSkipToken(read.Query!, read.Last!, cursor));
        return RestPaths.Of(root, read.Resource) + options;
    }

    /// <summary>Where the changes of what was read can be watched (RFC 5989's relation), with the same filter and fields.</summary>
    private static string MonitorLink(string root, Read read, string? query)
    {
        var path = read.Key is null ? RestPaths.Of(root, read.Resource) : RestPaths.Of(root, read.Resource, read.Key);
        if (string.IsNullOrEmpty(query))
            return $"<{path}/events>; rel=\"monitor\"";
        var options = new StringBuilder();
        foreach (var (name, value) in QueryOptions.Read(query))
            if (name is QueryOptions.Filter or QueryOptions.Select)
                RestPaths.AppendOption(options, name, value);
        return $"<{path}/events{options}>; rel=\"monitor\"";
    }
}
