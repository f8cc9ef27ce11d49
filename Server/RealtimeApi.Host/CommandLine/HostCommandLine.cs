using System.CommandLine;
using System.CommandLine.Invocation;

namespace RealtimeApi.Hosting.CommandLine;

/// <summary>The command line: the server with a few options of its own and every configuration setting as <c>--Section:Key=value</c>; and the commands.</summary>
internal sealed class HostCommandLine
{
    private readonly Option<string?> database = new("--database")
    {
        Description = "Serve this SQLite file as it is: every table with a primary key becomes a resource that can be read and watched.",
        HelpName = "file",
    };

    private readonly Option<bool> activity = new("--activity")
    {
        Description = "Let random orders come in, be paid, shipped and cancelled in the demo shop.",
    };

    private readonly Option<string?> urls = new("--urls")
    {
        Description = $"Where to listen, several separated by ';'. Default: {HostDefaults.Url}",
        HelpName = "urls",
    };

    private readonly Argument<string[]> settings = SettingsArgument.Create();

    private readonly RootCommand command;

    private HostCommandLine(HostActions actions)
    {
        command = new($"""
            Serves the tables of a database as REST resources that can be watched.
            Without a database it creates and serves a small demo shop, {HostDefaults.ShopFile}, in the working directory.
            """)
        {
            database, activity, urls, settings, MigrateCommand.Create(actions.Migrate, settings), ReconcileCommand.Create(actions.Reconcile, settings),
        };
        command.SetAction((parsed, cancellationToken) => actions.Serve(
            new(parsed.GetValue(database), parsed.GetValue(activity), SettingsOf(parsed)),
            cancellationToken));
    }

    public static HostCommandLine Create(HostActions actions) => new(actions);

    /// <summary>Runs what the arguments ask for; a mistake in them is explained on the standard error, with exit code 1.</summary>
    public Task<int> InvokeAsync(string[] args)
    {
        var parsed = command.Parse(args);
        if (parsed.Action is ParseErrorAction mistake)
            mistake.ShowHelp = false;
        // The generic host handles Ctrl+C and SIGTERM, and lets what is under way end in order.
        return parsed.InvokeAsync(new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private string[] SettingsOf(ParseResult parsed) =>
        [.. parsed.GetValue(settings) ?? [], .. parsed.GetValue(urls) is { } listen ? new[] { $"--urls={listen}" } : []];
}
