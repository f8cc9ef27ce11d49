using System.CommandLine;

namespace RealtimeApi.Hosting.CommandLine;

/// <summary>The command <c>migrate</c>.</summary>
internal static class MigrateCommand
{
    /// <param name="run">Runs it.</param>
    /// <param name="before">The settings that are given before the command's name.</param>
    public static Command Create(Func<MigrateArguments, CancellationToken, Task<int>> run, Argument<string[]> before)
    {
        var script = new Option<bool>("--script") { Description = "Print the statements for a DBA to read and run, batches separated by GO, and change nothing." };
        var check = new Option<bool>("--check") { Description = "Say what is missing, and change nothing. Exit code 1 where anything is." };
        var remove = new Option<bool>("--remove") { Description = "Remove everything of the product's, the change log's rows included. With --script: print the statements that do." };
        var settings = SettingsArgument.Create();
        var command = new Command(
            "migrate",
            """
            Installs the change log and the triggers of the watchable resources in the configured SQL Server database, or updates them. Needs a login that may create tables,
            sequences and triggers; the server itself then needs no more than the role realtime_server. May be repeated, and run beside servers.
            """)
        {
            script, check, remove, settings,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(check) && (result.GetValue(script) || result.GetValue(remove)))
                result.AddError("--check goes with neither --script nor --remove.");
        });
        command.SetAction((parsed, cancellationToken) => run(
            new(parsed.GetValue(script), parsed.GetValue(check), parsed.GetValue(remove), [.. parsed.GetValue(before) ?? [], .. parsed.GetValue(settings) ?? []]), cancellationToken));
        return command;
    }
}
