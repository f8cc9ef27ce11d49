using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;

namespace RealtimeApi.Server.Writing;

/// <summary><c>POST</c>, <c>PUT</c>, <c>PATCH</c> and <c>DELETE</c> (PROTOCOL, Writing).</summary>
internal sealed class WriteEndpoints(ResourceReads resources, ResourceWrites writes, OtherRoutes others, SchemaGuard schema, IOptions<RealtimeApiOptions> options)
{
    private const string IdempotencyKeyHeader = "Idempotency-Key";
    private const int MaxIdempotencyKey = 255;

    public RequestDelegate Create => Endpoint(WriteBody.Json, async context =>
    {
        var request = Request(context) with { IdempotencyKey = IdempotencyKey(context.Request.Headers), Caller = Caller.Of(context) };
        await SendAsync(context, request.Resource, await writes.CreateAsync(request, context.RequestAborted), depth: 1);
    });

    public RequestDelegate Replace => Endpoint(WriteBody.Json, async context =>
    {
        var request = ItemRequest(context);
        await SendAsync(context, request.Resource, await writes.ReplaceAsync(request, context.RequestAborted), depth: 2);
    });

    public RequestDelegate Merge => Endpoint(WriteBody.MergePatch, async context =>
    {
        var request = ItemRequest(context);
        await SendAsync(context, request.Resource, await writes.MergeAsync(request, context.RequestAborted), depth: 2);
    });

    public RequestDelegate Delete => Endpoint(mediaType: null, async context =>
    {
        var request = ItemRequest(context);
        await SendAsync(context, request.Resource, await writes.DeleteAsync(request, context.RequestAborted), depth: 2);
    });

    /// <summary>Reads the body first, so that the rest can run again when the table was altered beneath it.</summary>
    private RequestDelegate Endpoint(string? mediaType, RequestDelegate write)
    {
        var guarded = schema.Guard(write);
        return async context =>
        {
            if (!Resource(context).Writable)
            {
                await others.RefuseMethod(context);
                return;
            }

            if (mediaType is not null)
                context.Features.Set(await ReadBodyAsync(context, mediaType));
            await guarded(context);
        };
    }

    private async Task<WriteBody> ReadBodyAsync(HttpContext context, string mediaType)
    {
        try
        {
            return await WriteBody.ReadAsync(context.Request, mediaType, options.Value.Writing.MaxBodyBytes, context.RequestAborted);
        }
        catch (ProblemException problem) when (problem.Code == ProblemCodes.UnsupportedMediaType)
        {
            context.Response.Headers[mediaType == WriteBody.MergePatch ? "Accept-Patch" : "Accept-Post"] = mediaType;
            throw;
        }
    }

    private ResourceDefinition Resource(HttpContext context) => resources.Find((string)context.Request.RouteValues["resource"]!);

    private WriteRequest Request(HttpContext context)
    {
        var resource = Resource(context);
        return new(
            resource,
            ResourceReads.ParseSelect(resource, context.Request.QueryString.Value ?? ""),
            WriteConditions.Of(context.Request.Headers),
            context.Features.Get<WriteBody>());
    }

    private WriteRequest ItemRequest(HttpContext context)
    {
        var request = Request(context);
        var segment = RequestPath.KeySegment(context.Request);
        return ItemKey.ParsePath(request.Resource, segment) is { } key
            ? request with { Key = key }
            : throw new ProblemException(ProblemCodes.NotFound, $"'{segment}' cannot be a key of '{request.Resource.Name}', which has {request.Resource.Key.Count.ToString(CultureInfo.InvariantCulture)} parts.");
    }

    private static string? IdempotencyKey(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(IdempotencyKeyHeader, out var values))
            return null;
        return values.Count == 1 && values[0] is { Length: > 0 and <= MaxIdempotencyKey } key
            ? key
            : throw new ProblemException(ProblemCodes.InvalidBody, $"{IdempotencyKeyHeader} must be one text of 1 to {MaxIdempotencyKey} characters.");
    }

    private static Task SendAsync(HttpContext context, ResourceDefinition resource, WriteAnswer answer, int depth)
    {
        var response = context.Response;
        if (answer.Cursor is not null)
            response.Headers[AnswerWriter.CursorHeader] = answer.Cursor;
        if (answer.Tag is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        AnswerWriter.SetValidators(response.Headers, answer.Tag);
        if (answer.IsCreated)
        {
            response.StatusCode = StatusCodes.Status201Created;
            response.Headers.Location = RestPaths.Of(RestPaths.Root(context.Request, depth), resource, ItemKey.Parse(resource, answer.Key)!);
        }

        return AnswerWriter.WriteBodyAsync(context, answer.Body);
    }
}
