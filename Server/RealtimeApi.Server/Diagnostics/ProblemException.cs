using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>A refusal with a code of the protocol; every edge turns it into its own form (problem details, <c>HubException</c>, <c>Ended</c>).</summary>
/// <param name="code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="detail">What is wrong with this request and how to mend it. Safe to send.</param>
internal sealed class ProblemException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;

    /// <summary>Where in the offending text, counted from 0; null where that is not known.</summary>
    public int? At { get; init; }

    /// <summary>Seconds after which a repeat may succeed; null where none was judged.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>What is wrong with each field of a body, by its name; null where it is not the fields.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    public ProblemDetails ToProblemDetails()
    {
        var kind = ProblemKind.Of(Code);
        return new() { Type = ProblemDetails.TypePrefix + Code, Title = kind.Title, Status = kind.Status, Detail = Message, Errors = Errors };
    }
}
