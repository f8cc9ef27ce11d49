using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace RealtimeApi.Hosting.CommandLine;

/// <summary>The command line: a few options of its own, and every configuration setting as <c>--Section:Key=value</c>.</summary>
internal sealed class HostCommandLine
{
    /// <summary>The settings that stand in no section.</summary>
    private static readonly string[] hostSettings = ["--allowedhosts", "--allowedorigins", "--environment", "--contentroot", "--http_ports", "--https_ports", "--applicationname"];

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

    private readonly Argument<string[]> settings = new("settings")
    {
        Description = "Any setting as --Section:Key=value, e.g. --RealtimeApi:Feed:Retention=1.00:00:00",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => [],
        HelpName = "--Section:Key=value",
    };

    private readonly RootCommand command;

    private HostCommandLine(Func<HostArguments, CancellationToken, Task<int>> run)
    {
        settings.Validators.Add(RefuseUnknown);
        command = new($"""
            Serves the tables of a database as REST resources that can be watched.
            Without a database it creates and serves a small demo shop, {HostDefaults.ShopFile}, in the working directory.
            """)
        {
            database, activity, urls, settings,
        };
        command.SetAction((parsed, cancellationToken) => run(
            new(parsed.GetValue(database), parsed.GetValue(activity), SettingsOf(parsed)),
            cancellationToken));
    }

    public static HostCommandLine Create(Func<HostArguments, CancellationToken, Task<int>> run) => new(run);

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

    private static void RefuseUnknown(ArgumentResult result)
    {
        for (var i = 0; i < result.Tokens.Count; i++)
        {
            var token = result.Tokens[i].Value;
            if (!IsSetting(token))
                result.AddError($"Unknown option '{token}'. See --help; settings are written --Section:Key=value.");
            else if (!token.Contains('=', StringComparison.Ordinal))
                i++;
        }
    }

    private static bool IsSetting(string token)
    {
        var name = token.Split('=', 2)[0];
        return name.StartsWith("--", StringComparison.Ordinal)
            && (name.Contains(':', StringComparison.Ordinal) || hostSettings.Contains(name, StringComparer.OrdinalIgnoreCase));
    }
}
