namespace RealtimeApi.Hosting.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Database">The SQLite file to serve as it is; null to follow the configuration, or the demo shop without one.</param>
/// <param name="Activity">Whether the demo shop gets random orders.</param>
/// <param name="Settings">The switches that set configuration, e.g. <c>--RealtimeApi:Feed:Retention=1.00:00:00</c>.</param>
internal sealed record HostArguments(string? Database, bool Activity, string[] Settings);
