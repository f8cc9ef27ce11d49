using System.CommandLine;

namespace RealtimeApi.Hosting.CommandLine;

/// <summary>The command <c>reconcile</c>.</summary>
internal static class ReconcileCommand
{
    /// <param name="run">Runs it.</param>
    /// <param name="before">The settings that are given before the command's name.</param>
    public static Command Create(Func<ReconcileArguments, CancellationToken, Task<int>> run, Argument<string[]> before)
    {
        var given = SettingsArgument.CreateWithNames("resource", "The resources; all that are watchable where none is named.");
        var command = new Command(
            "reconcile",
            """
            Writes into the change log of the configured SQL Server database what its triggers could not see: after TRUNCATE TABLE, a bulk copy without FIRE_TRIGGERS, or a time with
            the triggers off. May run beside servers and writers; watches then see the missing changes.
            """)
        {
            given,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (resources, settings) = SettingsArgument.Split(parsed.GetValue(given) ?? []);
            return run(new(resources, [.. parsed.GetValue(before) ?? [], .. settings]), cancellationToken);
        });
        return command;
    }
}
