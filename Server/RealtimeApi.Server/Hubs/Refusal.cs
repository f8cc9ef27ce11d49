namespace RealtimeApi.Server.Hubs;

/// <summary>What a hub method returns instead of throwing; <see cref="ResourceHubProtocol"/> sends it as the call's error, <c>&lt;code&gt;: &lt;detail&gt;</c>.</summary>
/// <remarks>A thrown <c>HubException</c> would reach the client behind a sentence of SignalR's own, and each one would be logged as an error with its stack.</remarks>
/// <param name="Code">One of the protocol's codes.</param>
/// <param name="Detail">What is wrong and how to mend it. Safe to send.</param>
internal sealed record Refusal(string Code, string Detail)
{
    public override string ToString() => $"{Code}: {Detail}";
}
