using System.CommandLine;
using System.CommandLine.Parsing;

namespace RealtimeApi.Hosting.CommandLine;

/// <summary>Every configuration setting as <c>--Section:Key=value</c>, or <c>--Section:Key value</c>; after some commands also plain names.</summary>
internal static class SettingsArgument
{
    /// <summary>The settings that stand in no section.</summary>
    private static readonly string[] hostSettings = ["--allowedhosts", "--allowedorigins", "--environment", "--contentroot", "--http_ports", "--https_ports", "--applicationname"];

    public static Argument<string[]> Create() => Create(
        new("settings")
        {
            Description = "Any setting as --Section:Key=value, e.g. --RealtimeApi:Feed:Retention=1.00:00:00",
            HelpName = "--Section:Key=value",
        },
        takesNames: false);

    /// <summary>One that takes names, too, which do not begin with <c>--</c>.</summary>
    public static Argument<string[]> CreateWithNames(string name, string description) => Create(
        new(name) { Description = description, HelpName = name },
        takesNames: true);

    /// <summary>Takes the names out of what was given.</summary>
    public static (string[] Names, string[] Settings) Split(string[] given)
    {
        List<string> names = [];
        List<string> settings = [];
        for (var i = 0; i < given.Length; i++)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal))
            {
                names.Add(given[i]);
                continue;
            }

            settings.Add(given[i]);
            if (!given[i].Contains('=', StringComparison.Ordinal) && i + 1 < given.Length)
                settings.Add(given[++i]);
        }

        return ([.. names], [.. settings]);
    }

    private static Argument<string[]> Create(Argument<string[]> argument, bool takesNames)
    {
        argument.Arity = ArgumentArity.ZeroOrMore;
        argument.DefaultValueFactory = static _ => [];
        argument.Validators.Add(result => RefuseUnknown(result, takesNames));
        return argument;
    }

    private static void RefuseUnknown(ArgumentResult result, bool takesNames)
    {
        for (var i = 0; i < result.Tokens.Count; i++)
        {
            var token = result.Tokens[i].Value;
            if (takesNames && !token.StartsWith('-'))
                continue;
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
