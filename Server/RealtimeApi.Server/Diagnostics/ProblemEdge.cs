using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>The one place where an exception becomes an HTTP answer: problem details (RFC 9457), without internals.</summary>
/// <remarks>PROTOCOL, Errors. It stands around the product's own endpoints and nothing else of the host's.</remarks>
internal sealed partial class ProblemEdge(TimeProvider time, ILogger<ProblemEdge> logger)
{
    public const string ContentType = "application/problem+json";

    /// <summary>Seconds that a client waits before it asks a database again that did not answer.</summary>
    private const int RetryAfterOutage = 2;

    private readonly Outages outages = new(time);

    /// <summary>The endpoint, with every exception of it answered.</summary>
    public RequestDelegate Guard(RequestDelegate endpoint) => async context =>
    {
        try
        {
            await endpoint(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told; the status is for the access log.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception exception) when (exception is not BadHttpRequestException && !context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
        }
    };

    /// <summary>Answers a request with what an exception means.</summary>
    public async Task AnswerAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case ProblemException problem:
                await WriteAsync(context, problem.ToProblemDetails(), problem.At, problem.RetryAfter);
                break;
            case DatabaseUnavailableException:
                Log.DatabaseUnavailable(logger, outages.Begins(exception.Message) ? LogLevel.Warning : LogLevel.Debug, exception.Message);
                var unavailable = new ProblemException(ProblemCodes.Unavailable, $"The database does not answer now. Try again in {RetryAfterOutage} seconds.");
                await WriteAsync(context, unavailable.ToProblemDetails(), at: null, RetryAfterOutage);
                break;
            default:
                Log.Failed(logger, context.Request.Method, context.GetEndpoint()?.DisplayName, exception);
                var failure = new ProblemDetails
                {
                    Title = "The server failed",
                    Status = StatusCodes.Status500InternalServerError,
                    Detail = $"The server's log says more under {Activity.Current?.Id ?? context.TraceIdentifier}.",
                };
                await WriteAsync(context, failure, at: null, retryAfter: null);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, ProblemDetails problem, int? at, int? retryAfter)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (retryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = ProblemJson.Write(problem, at);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "A request was answered with 503 because the database does not answer: {Reason}", EventName = nameof(DatabaseUnavailable))]
        public static partial void DatabaseUnavailable(ILogger logger, LogLevel level, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Method} {Endpoint} failed", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, string method, string? endpoint, Exception exception);
    }
}
