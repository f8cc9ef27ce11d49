namespace RealtimeApi.Hosting.CommandLine;

/// <summary>What the command line runs; each gives the exit code.</summary>
/// <param name="Serve">Without a command: the server.</param>
/// <param name="Migrate">The command <c>migrate</c>.</param>
/// <param name="Reconcile">The command <c>reconcile</c>.</param>
internal sealed record HostActions(
    Func<HostArguments, CancellationToken, Task<int>> Serve,
    Func<MigrateArguments, CancellationToken, Task<int>> Migrate,
    Func<ReconcileArguments, CancellationToken, Task<int>> Reconcile);
