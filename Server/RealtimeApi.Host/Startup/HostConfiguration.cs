using Microsoft.Extensions.Configuration.Memory;
using RealtimeApi.Hosting.CommandLine;
using RealtimeApi.Hosting.Demo;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Hosting.Startup;

/// <summary>Adds to the ordinary .NET configuration what the command line's short forms stand for, and the demo shop where nothing names a database.</summary>
internal static class HostConfiguration
{
    private const string Database = RealtimeApiOptions.SectionName + ":Database";
    private const string Resources = RealtimeApiOptions.SectionName + ":Resources";

    /// <summary>Completes the configuration.</summary>
    /// <returns>The demo shop's file where it is to be served; otherwise null.</returns>
    public static string? Complete(ConfigurationManager configuration, HostArguments arguments)
    {
        if (!HasUrls(configuration))
            configuration["urls"] = HostDefaults.Url;
        if (arguments.Activity)
            configuration[$"{DemoOptions.SectionName}:{nameof(DemoOptions.Activity)}"] = "true";
        if (arguments.Database is { } file)
        {
            RefuseActivity(configuration, "--database");
            Serve(configuration, file);
            return null;
        }

        if (configuration.GetSection(Database).Exists())
        {
            RefuseActivity(configuration, "a configured database");
            return null;
        }

        // Whoever has named resources has a database for them; the demo shop in its place would be a surprise.
        if (NamedResources(configuration) is [var named, ..])
            throw new StartFailureException($"{Resources} names {named}, but no database is configured. Name it in {Database}, or a SQLite file, the demo shop's, say, by --database {HostDefaults.ShopFile}.");

        Serve(configuration, HostDefaults.ShopFile);
        return HostDefaults.ShopFile;
    }

    /// <summary>The resources that the configuration names, of which <see cref="HostArguments.Database"/> makes a part of what is served.</summary>
    public static IReadOnlyList<string> NamedResources(IConfiguration configuration) =>
        [.. configuration.GetSection(Resources).GetChildren().Select(static entry => entry.Key).Where(static name => name != ResourcesOptions.Wildcard)];

    /// <summary>Serves every table of a SQLite file, whatever else the configuration says of resources.</summary>
    private static void Serve(ConfigurationManager configuration, string file) =>
        configuration.Sources.Add(new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                [$"{Database}:{nameof(DatabaseOptions.Provider)}"] = "Sqlite",
                [$"{Database}:{nameof(DatabaseOptions.ConnectionString)}"] = $"Data Source=\"{file.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                [Resources] = "*",
            },
        });

    private static bool HasUrls(ConfigurationManager configuration) =>
        !string.IsNullOrEmpty(configuration["urls"])
        || !string.IsNullOrEmpty(configuration["http_ports"])
        || !string.IsNullOrEmpty(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").Exists();

    private static void RefuseActivity(ConfigurationManager configuration, string with)
    {
        if (configuration.GetValue<bool>($"{DemoOptions.SectionName}:{nameof(DemoOptions.Activity)}"))
            throw new StartFailureException($"--activity (Demo:Activity) writes to the demo shop only; it cannot be used with {with}.");
    }
}
