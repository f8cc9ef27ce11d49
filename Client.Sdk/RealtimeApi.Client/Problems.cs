using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Turns every form in which the server refuses into a <see cref="RealtimeApiException"/>.</summary>
internal static class Problems
{
    /// <summary>A body longer than this is not a problem of ours, and is not read to its end.</summary>
    private const int MaximumBody = 64 * 1024;

    private static readonly Regex AtTheEnd = new("Try again in ([0-9]{1,9}) seconds?\\.$", RegexOptions.CultureInvariant);

    /// <summary>What an HTTP answer other than 2xx and 304 says.</summary>
    public static async Task<RealtimeApiException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var problem = IsJson(response.Content) ? await ReadProblemAsync(response.Content, cancellationToken).ConfigureAwait(false) : null;
        return new(problem is not null && problem.Type.StartsWith(ProblemDetails.TypePrefix, StringComparison.Ordinal) ? problem : OfStatus(response, problem?.Detail))
        {
            RetryAfter = RetryAfterOf(response.Headers.RetryAfter, time),
            Cursor = RestApi.HeaderOf(response, RestApi.CursorHeader),
        };
    }

    /// <summary>What a refused hub call says, or null when the message is not <c>&lt;code&gt;: &lt;detail&gt;</c>: then the server failed.</summary>
    public static RealtimeApiException? Parse(HubException exception)
    {
        // The server's message may come inside the client's own sentence ("An unexpected error occurred invoking 'Subscribe' on the server. HubException: …").
        var message = exception.Message;
        const string Marker = "HubException: ";
        var marker = message.IndexOf(Marker, StringComparison.Ordinal);
        if (marker >= 0)
            message = message.Substring(marker + Marker.Length);

        var colon = message.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || StatusOf(message.Substring(0, colon)) is not { } status)
            return null;

        var code = message.Substring(0, colon);
        var detail = message.Substring(colon + 2);
        return new(Make(code, status, detail), exception) { RetryAfter = RetryAfterOf(detail) };
    }

    public static RealtimeApiException Invalid(string detail, Exception? inner = null) => new(Make(RealtimeApiException.InvalidAnswer, 0, detail), inner);

    public static ProblemDetails Make(string code, int status, string detail) =>
        new() { Type = ProblemDetails.TypePrefix + code, Title = TitleOf(code), Status = status, Detail = detail };

    private static async Task<ProblemDetails?> ReadProblemAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaximumBody, cancellationToken).ConfigureAwait(false);
            using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(stream, ClientJsonContext.Default.ProblemDetails, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static bool IsJson(HttpContent content) =>
        content.Headers.ContentType?.MediaType is { } type && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));

    /// <summary>An answer without a code of the protocol comes from something on the way, from the web server itself, or from a server that failed.</summary>
    private static ProblemDetails OfStatus(HttpResponseMessage response, string? detail)
    {
        var code = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ProblemCodes.Unauthorized,
            HttpStatusCode.Forbidden => ProblemCodes.Forbidden,
            HttpStatusCode.Gone => ProblemCodes.CursorExpired,
            (HttpStatusCode)429 => ProblemCodes.LimitExceeded,
            HttpStatusCode.ServiceUnavailable => ProblemCodes.Unavailable,
            _ => RealtimeApiException.InvalidAnswer,
        };
        return Make(code, (int)response.StatusCode, $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}." + (string.IsNullOrEmpty(detail) ? "" : " " + detail));
    }

    private static TimeSpan? RetryAfterOf(RetryConditionHeaderValue? value, TimeProvider time)
    {
        var after = value?.Delta ?? (value?.Date is { } date ? date - time.GetUtcNow() : null);
        return after > TimeSpan.Zero ? after : null;
    }

    /// <summary>What the hub, which has no headers, says at the end of a detail: <c>Try again in N seconds.</c></summary>
    private static TimeSpan? RetryAfterOf(string detail)
    {
        var match = AtTheEnd.Match(detail);
        return match.Success && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static int? StatusOf(string code) => code switch
    {
        ProblemCodes.InvalidQuery or ProblemCodes.InvalidCursor or ProblemCodes.InvalidBody => 400,
        ProblemCodes.Unauthorized => 401,
        ProblemCodes.Forbidden => 403,
        ProblemCodes.NotFound or ProblemCodes.UnknownResource or ProblemCodes.NotWatchable => 404,
        ProblemCodes.NotWritable => 405,
        ProblemCodes.NotAcceptable => 406,
        ProblemCodes.AlreadySubscribed or ProblemCodes.Conflict => 409,
        ProblemCodes.CursorExpired => 410,
        ProblemCodes.PreconditionFailed => 412,
        ProblemCodes.PayloadTooLarge => 413,
        ProblemCodes.UnsupportedMediaType => 415,
        ProblemCodes.IdempotencyMismatch => 422,
        ProblemCodes.LimitExceeded => 429,
        ProblemCodes.Unavailable => 503,
        // A code that a newer server has: words in lower case joined with hyphens. What it means for a repeat is not known, so it is final.
        _ => code.Length <= 64 && code.IndexOf('-') > 0 && code.All(static c => c is (>= 'a' and <= 'z') or '-') ? 0 : null,
    };

    private static string TitleOf(string code) => code switch
    {
        RealtimeApiException.InvalidAnswer => "The answer does not follow the protocol",
        ProblemCodes.CursorExpired => "The change log cannot continue from this cursor",
        _ => "The server refused the request",
    };
}
