using System.Net;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The server refused a request, or ended a watch.</summary>
/// <remarks>
/// <see cref="Code"/> says why; PROTOCOL, section Errors, lists the codes. That the server could not be reached is no refusal: reads throw
/// <see cref="HttpRequestException"/> then, and watches go on trying.
/// </remarks>
public sealed class RealtimeApiException : Exception
{
    /// <summary>The <see cref="Code"/> of an answer that does not follow the protocol, for example because something else answers at the address.</summary>
    public const string InvalidAnswer = "invalid-answer";

    /// <summary>The <see cref="Code"/> of what only the hub can do, where no WebSocket leads to it or <see cref="RealtimeApiClientOptions.Transport"/> names another transport.</summary>
    public const string NeedsWebSocket = "needs-websocket";

    /// <summary>Makes the exception of a refusal.</summary>
    /// <param name="problem">What the server said.</param>
    /// <param name="innerException">What carried it, if anything.</param>
    public RealtimeApiException(ProblemDetails problem, Exception? innerException = null)
        : base(MessageOf(problem), innerException)
    {
        Problem = problem;
    }

    /// <summary>What the server said.</summary>
    public ProblemDetails Problem { get; }

    /// <summary>Why, one of <see cref="ProblemCodes"/> (or a code of a newer server, or <see cref="InvalidAnswer"/>).</summary>
    public string Code => Problem.Code;

    /// <summary>The HTTP status that belongs to <see cref="Code"/>, also where the hub refused; 0 where there is none.</summary>
    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;

    /// <summary>The time after which the server expects that a repeat may succeed.</summary>
    /// <value>Null where the server named none.</value>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may succeed later: the server is busy or failed, rather than refused. Watches repeat such calls by themselves.</summary>
    public bool IsTransient => Problem.Status is 408 or 429 or >= 500;

    /// <summary>Where a watch continues from what the answer says (that there is no item), if it says where.</summary>
    internal string? Cursor { get; init; }

    /// <summary>Whether the server itself failed at the request, as it may do every time; what stands before it says 502 to 504 while it is away.</summary>
    internal bool IsServerFailure => Problem.Status == 500 || (Problem.Status > 500 && Code is not (InvalidAnswer or ProblemCodes.Unavailable));

    /// <summary>How often in a row a watch puts up with a server that fails at it: with the waits in between, some two minutes.</summary>
    internal const int MaximumServerFailures = 20;

    private static string MessageOf(ProblemDetails problem) =>
        string.IsNullOrEmpty(problem.Detail) ? $"{problem.Code}: {problem.Title}" : $"{problem.Code}: {problem.Detail}";
}
