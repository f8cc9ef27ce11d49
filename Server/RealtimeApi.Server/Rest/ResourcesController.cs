using Microsoft.AspNetCore.Mvc;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Rest;

/// <summary>Reads for those who do not watch: <c>/api</c>, <c>/api/{resource}</c>, <c>/api/{resource}/{key}</c> (PROTOCOL, Service document and Reading).</summary>
/// <remarks>
/// Internal and without route attributes: <see cref="ControllerActions"/> says why. The actions take the request as it came instead of bound parameters,
/// because a key is split before it is decoded and the query's own text names what is cached.
/// </remarks>
[Controller]
internal sealed class ResourcesController(ResourceReads reads, ServiceDocumentSource documents) : ControllerBase
{
    /// <summary>The service document.</summary>
    public Task DescribeAsync()
    {
        var document = documents.Get(RestPaths.Root(Request, depth: 0));
        return AnswerWriter.WriteAsync(HttpContext, document.Tag, document.Body, ReadConditions.Of(Request.Headers));
    }

    /// <summary>A page of a resource's items.</summary>
    public async Task ListAsync()
    {
        using var buffer = ReadBuffer.Rent();
        var conditions = ReadConditions.Of(Request.Headers);
        var answer = await reads.ListAsync(Resource, Query, conditions, buffer, HttpContext.RequestAborted);
        await AnswerWriter.WriteAsync(HttpContext, answer, conditions, buffer);
    }

    /// <summary>One item.</summary>
    public async Task GetAsync()
    {
        using var buffer = ReadBuffer.Rent();
        var conditions = ReadConditions.Of(Request.Headers);
        var segment = RequestPath.KeySegment(Request);
        var answer = await reads.GetAsync(Resource, segment, Query, conditions, buffer, HttpContext.RequestAborted);
        if (answer.Read is null)
        {
            // The absence, too, is as of a moment.
            if (answer.Cursor is not null)
                Response.Headers[AnswerWriter.CursorHeader] = answer.Cursor;
            throw new ProblemException(ProblemCodes.NotFound, $"There is no item '{segment}' in '{Resource}'.");
        }

        await AnswerWriter.WriteAsync(HttpContext, answer, conditions, buffer);
    }

    private string Resource => (string)Request.RouteValues["resource"]!;

    private string Query => Request.QueryString.Value ?? "";
}
