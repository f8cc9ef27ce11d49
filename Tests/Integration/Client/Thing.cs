namespace RealtimeApi.Tests.Integration.Client;

/// <summary>What the fake server has.</summary>
internal sealed record Thing(long Id, string Text);
