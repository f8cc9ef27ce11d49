namespace RealtimeApi.Hosting.CommandLine;

/// <summary>What the command <c>migrate</c> is asked for.</summary>
/// <param name="Script">Print the statements instead of running them.</param>
/// <param name="Check">Say what is missing instead of installing it.</param>
/// <param name="Remove">Remove instead of install.</param>
/// <param name="Settings">The switches that set configuration.</param>
internal sealed record MigrateArguments(bool Script, bool Check, bool Remove, string[] Settings);
