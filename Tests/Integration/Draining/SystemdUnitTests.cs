using System.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>The unit that docs/deployment.md shows is one that systemd understands.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    private const string Program = "/usr/bin/systemd-analyze";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("realtimeapi-unit-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Unit_AsDocumented_SystemdHasNothingToSay()
    {
        SkipWithoutSystemd();

        Assert.Empty(await ComplaintsAsync(Documented()));
    }

    [Fact]
    public async Task Unit_WithAWordThatSystemdDoesNotKnow_IsNoticed()
    {
        SkipWithoutSystemd();

        var complaint = Assert.Single(await ComplaintsAsync(Documented().Replace("PrivateTmp=", "PrivateTemp=", StringComparison.Ordinal)));

        Assert.Contains("PrivateTemp", complaint, StringComparison.Ordinal);
    }

    /// <summary>With another program to start: systemd looks whether it is there, and .NET may be elsewhere here.</summary>
    private static string Documented() => PrintedRecipe.Block("ini", "[Unit]").Replace("/usr/bin/dotnet", "/bin/sh", StringComparison.Ordinal);

    /// <summary>What systemd's own check says of the unit. What it says of other units of this machine, on which it depends, is left out.</summary>
    private async Task<IReadOnlyList<string>> ComplaintsAsync(string unit)
    {
        var file = Path.Combine(directory.FullName, "realtimeapi@.service");
        await File.WriteAllTextAsync(file, unit, TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo(Program, ["verify", "--man=no", file]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return [.. said.Split('\n').Where(static line => line.Contains("realtimeapi@", StringComparison.Ordinal))];
    }

    private static void SkipWithoutSystemd() => Requirements.SkipUnless(File.Exists(Program), "systemd-analyze is not installed (Debian: apt-get install systemd).");
}
