using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Generated text that is kept and reviewed. <c>REALTIMEAPI_GOLDEN=write dotnet run --project Tests/Unit -- -class "*SqlServerScriptTests"</c> writes the files anew.</summary>
internal static class GoldenFile
{
    private const string Refresh = "REALTIMEAPI_GOLDEN=write dotnet run --project Tests/Unit -- -class \"*SqlServerScriptTests\", and review what has changed.";

    private static readonly bool isWriting = Environment.GetEnvironmentVariable("REALTIMEAPI_GOLDEN") == "write";

    public static void AssertEqual(string name, string text)
    {
        var path = Path.Combine(Folder(), name);
        if (isWriting)
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{name} is missing: {Refresh}");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text.ReplaceLineEndings("\n"));
    }

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "RealtimeApi.sln")))
            root = root.Parent;
        return Path.Combine(root?.FullName ?? AppContext.BaseDirectory, "Tests", "Unit", "Data", "SqlServer", "Golden");
    }
}
