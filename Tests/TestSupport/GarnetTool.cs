using System.Text.Json;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The local .NET tool garnet-server, where <c>dotnet tool restore</c> has fetched it.</summary>
internal static class GarnetTool
{
    private const string Package = "garnet-server";

    /// <summary>Its program, for <c>dotnet</c> to run. (<c>dotnet tool run</c> would stand between, and a signal to it would not reach the server.) Null where it has not been restored.</summary>
    public static string? Find()
    {
        if (FindVersion() is not { } version)
            return null;
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var tools = Path.Combine(packages, Package, version, "tools");
        return Directory.Exists(tools) ? Directory.EnumerateFiles(tools, "GarnetServer.dll", SearchOption.AllDirectories).FirstOrDefault() : null;
    }

    /// <summary>The version that the repository's manifest names.</summary>
    private static string? FindVersion()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var manifest = Path.Combine(directory.FullName, ".config", "dotnet-tools.json");
            if (!File.Exists(manifest))
                continue;
            using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return json.RootElement.GetProperty("tools").TryGetProperty(Package, out var tool) ? tool.GetProperty("version").GetString() : null;
        }

        return null;
    }
}
