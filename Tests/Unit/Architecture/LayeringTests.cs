using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace RealtimeApi.Tests.Unit.Architecture;

/// <summary>Keeps the data flowing one way: each folder of the server names only the folders and libraries below it.</summary>
public sealed partial class LayeringTests
{
    private static readonly string Server = Path.GetFullPath(Path.Combine(Here(), "../../../Server/RealtimeApi.Server"));

    /// <summary>What a folder may name of the product. A folder that is not listed fails the test, so that a new one gets a place.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Resources"] = ["Data", "DependencyInjection", "Diagnostics", "Queries"],
        ["Diagnostics"] = ["Data", "DependencyInjection", "Feed", "Resources"],
        ["Queries"] = ["Diagnostics", "Resources"],
        ["Data"] = ["DependencyInjection", "Diagnostics", "Feed", "Queries", "Resources"],
        ["Leases"] = ["Data"],
        ["Feed"] = ["Data", "DependencyInjection", "Diagnostics", "Leases", "Resources"],
        ["Maintenance"] = ["Data", "DependencyInjection", "Resources"],
        ["Watching"] = ["Data", "DependencyInjection", "Diagnostics", "Feed", "Queries", "Resources"],
        ["Requests"] = ["DependencyInjection", "Diagnostics", "Draining", "Resources", "Watching"],
        ["Rest"] = ["Data", "DependencyInjection", "Diagnostics", "Feed", "Queries", "Requests", "Resources"],
        ["Writing"] = ["Data", "DependencyInjection", "Diagnostics", "Feed", "Leases", "Queries", "Requests", "Resources", "Rest"],
        ["Sse"] = ["DependencyInjection", "Diagnostics", "Draining", "Queries", "Requests", "Resources", "Watching"],
        ["Polling"] = ["Diagnostics", "Draining", "Queries", "Requests", "Resources", "Watching"],
        ["Draining"] = ["DependencyInjection", "Diagnostics"],
        ["Nodes"] = ["DependencyInjection", "Diagnostics", "Feed"],
        ["Hubs"] = ["DependencyInjection", "Diagnostics", "Draining", "Feed", "Leases", "Nodes", "Requests", "Resources", "Watching"],
        ["Documents"] = ["Diagnostics", "Hubs", "Polling", "Requests", "Resources", "Rest", "Sse", "Writing"],
        ["DependencyInjection"] = ["*"],
    };

    public static TheoryData<string> Folders() => [.. new DirectoryInfo(Server).GetDirectories().Select(d => d.Name).Where(f => f is not ("bin" or "obj"))];

    [Theory, MemberData(nameof(Folders))]
    public void Folder_NamesOnlyFoldersBelowIt(string folder)
    {
        Assert.True(Allowed.TryGetValue(folder, out var allowed), $"Say in {nameof(LayeringTests)} what {folder} may name.");
        if (allowed!.Contains("*"))
            return;
        var offences = from file in Sources(folder)
                       from Match match in Product().Matches(File.ReadAllText(file))
                       let named = match.Groups[1].Value
                       where named != folder && Allowed.ContainsKey(named) && !allowed.Contains(named)
                       select $"{Path.GetRelativePath(Server, file)} names {named}";
        Assert.Empty(offences);
    }

    [Theory, MemberData(nameof(Folders))]
    public void Folder_OtherThanData_KnowsNoSql(string folder)
    {
        if (folder == "Data")
            return;
        var offences = from file in Sources(folder)
                       where Sql().IsMatch(File.ReadAllText(file))
                       select Path.GetRelativePath(Server, file);
        Assert.Empty(offences);
    }

    [Theory, InlineData("Feed"), InlineData("Watching"), InlineData("Queries"), InlineData("Resources"), InlineData("Data")]
    public void Folder_BelowTheTransports_KnowsNoHttp(string folder)
    {
        var offences = from file in Sources(folder)
                       where File.ReadAllText(file).Contains("Microsoft.AspNetCore", StringComparison.Ordinal)
                       select Path.GetRelativePath(Server, file);
        Assert.Empty(offences);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Server, folder), "*.cs", SearchOption.AllDirectories);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"RealtimeApi\.Server\.(\w+)")]
    private static partial Regex Product();

    [GeneratedRegex(@"\busing (Dapper|Microsoft\.Data\.\w+)|""\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA) ", RegexOptions.None)]
    private static partial Regex Sql();
}
