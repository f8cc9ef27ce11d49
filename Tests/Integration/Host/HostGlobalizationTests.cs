using System.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Host;

/// <summary>A Linux without ICU, as the host sees it: with the library's files hidden from this one process.</summary>
public sealed class HostGlobalizationTests
{
    private const string Hide =
        "for f in $(find /lib /usr/lib /usr/local/lib -name 'libicu*.so*' -type f 2>/dev/null); do mount --bind /dev/null $f || exit 77; done; exec dotnet \"$@\"";

    [Fact]
    public async Task Host_WithoutIcu_RunsOnSqlite()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabaseKind.Sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
        var (exitCode, _, errors) = await RunAsync(["migrate", .. database.Settings]);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("This is SQLite", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithoutIcu_SaysThatSqlServerNeedsIt()
    {
        var (exitCode, _, errors) = await RunAsync(
            ["migrate", "--RealtimeApi:Resources=*", "--RealtimeApi:Database:Provider=SqlServer", "--RealtimeApi:Database:ConnectionString=Server=x;Database=y;User Id=z;Password=p"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("Install ICU", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Files are hidden from a process in Linux's way.");
        var start = new ProcessStartInfo("unshare") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--map-root-user", "--mount", "sh", "-c", Hide, "sh", Path.Combine(AppContext.BaseDirectory, "RealtimeApi.Host.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment.Remove("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Requirements.SkipUnless(met: false, "unshare (util-linux) is not there.");
            throw;
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            var said = await errors;
            Assert.SkipWhen(process.ExitCode == 77 || said.StartsWith("unshare:", StringComparison.Ordinal), $"This system does not let files be hidden from a process: {said}");
            return (process.ExitCode, await output, said);
        }
    }
}
