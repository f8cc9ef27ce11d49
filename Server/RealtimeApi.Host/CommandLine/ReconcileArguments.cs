namespace RealtimeApi.Hosting.CommandLine;

/// <summary>What the command <c>reconcile</c> is asked for.</summary>
/// <param name="Resources">The resources; none for all that are watchable.</param>
/// <param name="Settings">The switches that set configuration.</param>
internal sealed record ReconcileArguments(string[] Resources, string[] Settings);
