using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Host;

/// <summary>The commands, as processes.</summary>
public sealed class HostCommandTests
{
    [Theory, InlineData("migrate"), InlineData("migrate", "--check"), InlineData("migrate", "--script"), InlineData("migrate", "--remove"), InlineData("reconcile")]
    public async Task Command_OnSqlite_SaysThatNothingIsNeeded(params string[] command)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabaseKind.Sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
        var (exitCode, output, errors) = await HostProcess.RunAsync(null, [.. command, .. database.Settings]);
        Assert.Equal((0, ""), (exitCode, output));
        Assert.StartsWith("This is SQLite", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithoutADatabase_SaysHowToNameOne()
    {
        var directory = Directory.CreateTempSubdirectory("realtimeapi-");
        try
        {
            var (exitCode, _, errors) = await HostProcess.RunAsync(directory.FullName, "migrate");
            Assert.Equal(1, exitCode);
            Assert.Contains("--RealtimeApi:Database:Provider=SqlServer", errors, StringComparison.Ordinal);
            Assert.Empty(directory.GetFiles());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory, InlineData("migrate"), InlineData("reconcile")]
    public async Task Command_OnAServerThatIsNotThere_SaysSo(string command)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(
            null, command, "--RealtimeApi:Resources=*", "--RealtimeApi:Database:Provider=SqlServer",
            "--RealtimeApi:Database:ConnectionString=Server=127.0.0.1,1;Database=Shop;User Id=u;Password=hush;Connect Retry Count=0");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"'{command}' failed", errors, StringComparison.Ordinal);
        Assert.Contains("The server 127.0.0.1,1 does not answer", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    /// <summary>From nothing to a served database and back, with the server never given more than it needs.</summary>
    [Fact]
    public async Task Migrate_OnSqlServer_InstallsChecksAndRemoves()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabaseKind.SqlServer, "CREATE TABLE orders (id int PRIMARY KEY, note nvarchar(20)); INSERT orders VALUES (1, 'a')");
        string[] settings = [.. database.Settings.Where(setting => !setting.Contains("AutoMigrate", StringComparison.Ordinal))];

        var refused = await HostProcess.RunAsync(null, [.. settings, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("'migrate'", refused.Errors, StringComparison.Ordinal);

        var before = await HostProcess.RunAsync(null, ["migrate", "--check", .. settings]);
        Assert.Equal(1, before.ExitCode);
        Assert.StartsWith("Missing:", before.Output, StringComparison.Ordinal);

        var script = await HostProcess.RunAsync(null, ["migrate", "--script", .. settings]);
        Assert.Equal(0, script.ExitCode);
        Assert.True(TSqlText.Batches(script.Output).Count > 1);
        Assert.Equal(1, (await HostProcess.RunAsync(null, ["migrate", "--check", .. settings])).ExitCode);

        var installed = await HostProcess.RunAsync(null, ["migrate", .. settings]);
        Assert.Equal(0, installed.ExitCode);
        Assert.Contains("error 334", installed.Errors, StringComparison.Ordinal);
        Assert.StartsWith("Done. What was found before:", installed.Output, StringComparison.Ordinal);
        Assert.StartsWith("Nothing was missing.", (await HostProcess.RunAsync(null, ["migrate", .. settings])).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await HostProcess.RunAsync(null, ["migrate", "--check", .. settings])).ExitCode);

        await using (var host = await HostProcess.StartAsync(null, 0, settings))
        {
            using var client = new HttpClient();
            Assert.Contains("\"note\":\"a\"", await client.GetStringAsync(new Uri(host.Address, "api/orders"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        var removed = await HostProcess.RunAsync(null, ["migrate", "--remove", .. settings]);
        Assert.Equal(0, removed.ExitCode);
        Assert.Equal(0L, database.Execute("SELECT COUNT(*) FROM sys.schemas WHERE name = 'realtime'"));
        Assert.Equal(0L, database.Execute("SELECT COUNT(*) FROM sys.triggers WHERE parent_class = 1"));
        Assert.StartsWith("Nothing was there", (await HostProcess.RunAsync(null, ["migrate", "--remove", .. settings])).Output, StringComparison.Ordinal);
    }
}
