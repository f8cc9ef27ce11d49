using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>What a hub method returns instead of throwing; <see cref="ResourceHubProtocol"/> sends it as the call's error, <c>&lt;code&gt;: &lt;detail&gt;</c>.</summary>
/// <remarks>A thrown <c>HubException</c> would reach the client behind a sentence of SignalR's own, and each one would be logged as an error with its stack.</remarks>
/// <param name="Code">One of the protocol's codes.</param>
/// <param name="Detail">What is wrong and how to mend it. Safe to send.</param>
internal sealed record Refusal(string Code, string Detail)
{
    private const string Hint = "Try again in ";

    /// <summary>A refusal of the same words; where a repeat may succeed, they end with <c>Try again in N seconds.</c>, which no header could say here.</summary>
    public static Refusal Of(ProblemException problem) => new(
        problem.Code,
        problem.RetryAfter is { } seconds && !problem.Message.Contains(Hint, StringComparison.Ordinal) ? $"{problem.Message} {Hint}{seconds} seconds." : problem.Message);

    public override string ToString() => $"{Code}: {Detail}";
}
