using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using RealtimeApi.Contracts;
using RealtimeApi.Hosting.Web;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Host;

public sealed class HostStartTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("realtimeapi-host-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Host_WithoutConfiguration_ServesADemoShopThatOutlivesIt()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = new HttpClient();
        await using (var host = await HostProcess.StartAsync(directory.FullName, 0))
        {
            var service = await client.GetFromJsonAsync<ServiceDocument>(new Uri(host.Address, "api"), cancellationToken);
            Assert.Superset(new HashSet<string> { "customers", "orderLines", "orders", "products" }, service!.Resources.Select(r => r.Name).ToHashSet());
            Assert.Equal(200, await CountAsync(client, host, "orders"));
            Assert.Equal(40, await CountAsync(client, host, "products"));
            Assert.Equal(30, await CountAsync(client, host, "customers"));
            Assert.Contains(Path.Combine(directory.FullName, "shop.db"), host.Output, StringComparison.Ordinal);
            // Windows has no signal that asks it to, so there it is killed.
            var code = await host.StopAsync();
            Assert.True(code == 0 || OperatingSystem.IsWindows(), $"The exit code is {code}.");
            Assert.Empty(host.Errors);
        }

        Execute("shop.db", "DELETE FROM Orders WHERE Id <= 50");
        await using var again = await HostProcess.StartAsync(directory.FullName, 0);
        Assert.Equal(150, await CountAsync(client, again, "orders"));
    }

    [Fact]
    public async Task Host_WithDefaultsOfResourcesOnly_ServesTheDemoShopWithThem()
    {
        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--RealtimeApi:Resources:*:Write=true");
        using var client = new HttpClient();
        using var content = new StringContent("""{"status":"shipped"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/merge-patch+json"));
        using var response = await client.PatchAsync(new Uri(host.Address, "api/orders/42"), content, TestContext.Current.CancellationToken);
        Assert.Equal("shipped", JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Host_WithAnEndpointForHttp2_StreamsWithoutTls()
    {
        await using var host = await HostProcess.StartAsync(
            directory.FullName, 0, "--Kestrel:Endpoints:two:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:two:Protocols=Http2");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "api/orders/events")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("retry: 2000", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Host_WithActivity_ChangesTheShop()
    {
        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--activity", "--Demo:ActivityInterval=00:00:00.010");
        await using var client = new RealtimeApi.Client.RealtimeApiClient(host.Address.ToString());
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(Until.Patience);

        var seen = 0;
        await foreach (var change in client.Resource("orders").WatchAsync(cancellationToken: enough.Token))
        {
            Assert.NotEmpty(change.Key);
            if (++seen == 5)
                break;
        }

        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task Host_OrderedByLongTexts_LeadsThroughAllPages()
    {
        Execute("mine.db", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, printf('%.12000c', 'a')), (2, printf('%.12000c', 'b')), (3, 'c')");
        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--database", "mine.db");
        using var client = new HttpClient();

        var ids = new List<int>();
        for (var next = "/api/notes?$orderby=text&$top=1&$select=id"; next is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonObject>(new Uri(host.Address, next), TestContext.Current.CancellationToken);
            ids.AddRange(page!["value"]!.AsArray().Select(item => (int)item!["id"]!));
            next = (string?)page["nextLink"];
        }

        Assert.Equal([1, 2, 3], ids);
    }

    [Fact]
    public async Task Host_OnADatabaseFile_ServesItAsItIs()
    {
        Execute("mine.db", """CREATE TABLE "Order Details" (OrderID INTEGER PRIMARY KEY, Text TEXT); INSERT INTO "Order Details" VALUES (1, 'a')""");
        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--database", "mine.db");
        using var client = new HttpClient();

        var list = await client.GetFromJsonAsync<JsonObject>(new Uri(host.Address, "api/orderDetails"), TestContext.Current.CancellationToken);

        Assert.Equal("""[{"orderID":1,"text":"a"}]""", list!["value"]!.ToJsonString());
        Assert.False(File.Exists(Path.Combine(directory.FullName, "shop.db")));
        Assert.Contains($"Database    {Path.Combine(directory.FullName, "mine.db")}", host.Output, StringComparison.Ordinal);
        Assert.Contains("captured from now on, by triggers: 'Order Details' (orderDetails)", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OnADatabaseFileBesideConfiguredResources_ServesAllAndWarns()
    {
        Execute("mine.db", "CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Note TEXT); CREATE TABLE Salaries (Id INTEGER PRIMARY KEY); INSERT INTO Orders VALUES (1, 'a')");
        await using var host = await HostProcess.StartAsync(
            directory.FullName, 0, "--database", "mine.db", "--RealtimeApi:Resources:orders:Table=Orders", "--RealtimeApi:Resources:orders:Columns:Note:Name=remark");
        using var client = new HttpClient();

        var service = await client.GetFromJsonAsync<JsonObject>(new Uri(host.Address, "api"), TestContext.Current.CancellationToken);
        Assert.Equal(["orders", "salaries"], service!["resources"]!.AsArray().Select(resource => (string)resource!["name"]!).Order());
        var list = await client.GetFromJsonAsync<JsonObject>(new Uri(host.Address, "api/orders"), TestContext.Current.CancellationToken);
        Assert.Equal("""[{"id":1,"remark":"a"}]""", list!["value"]!.ToJsonString());
        Assert.Contains("--database serves every table of mine.db. RealtimeApi:Resources names orders", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OnADatabaseWithoutTables_SaysThatNothingIsServed()
    {
        File.WriteAllBytes(Path.Combine(directory.FullName, "empty.db"), []);

        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--database", "empty.db");

        Assert.Contains("no tables", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OnADatabaseWithABrokenView_SaysSoOnce()
    {
        Execute("mine.db", "CREATE TABLE T (Id INTEGER PRIMARY KEY); CREATE VIEW Broken AS SELECT * FROM Missing");

        await using var host = await HostProcess.StartAsync(directory.FullName, 0, "--database", "mine.db");

        Assert.Equal(2, host.Output.Split("The view Broken").Length);
    }

    [Fact]
    public async Task Page_Served_MayLoadOnlyItsOwnFiles()
    {
        await using var host = await HostProcess.StartAsync(directory.FullName, 0);
        using var client = new HttpClient();

        using var answer = await client.GetAsync(host.Address, TestContext.Current.CancellationToken);

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("https://elsewhere.example", false)]
    [InlineData("null", false)]
    [InlineData("http://localhost.elsewhere.example:80", false)]
    [InlineData("http://localhost:5090", true)]
    public async Task Request_FromAnotherSitesPage_IsAnsweredOnlyWhereAllowed(string origin, bool allowed)
    {
        await using var host = await HostProcess.StartAsync(directory.FullName, 0);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "api"));
        request.Headers.Add("Origin", origin);

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(allowed ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
        if (!allowed)
            Assert.Contains(origin, (await answer.AssertProblemAsync(System.Net.HttpStatusCode.Forbidden, ProblemCodes.Forbidden)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ForAnotherHostName_IsRefused()
    {
        await using var host = await HostProcess.StartAsync(directory.FullName, 0);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "api"));
        // What a page does that has its own name point to this machine (DNS rebinding).
        request.Headers.Host = "elsewhere.example";

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Somebody who forgot the database would otherwise serve the demo shop's orders.</summary>
    [Fact]
    public async Task Host_WithAResourceButNoDatabase_SaysWhatToName()
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, "--RealtimeApi:Resources:orders:Write=true");

        Assert.Equal(1, exitCode);
        Assert.Contains("RealtimeApi:Resources names orders, but no database is configured. Name it in RealtimeApi:Database", errors, StringComparison.Ordinal);
        Assert.Contains("--database shop.db", errors, StringComparison.Ordinal);
        Assert.Empty(directory.GetFiles());
        AssertInWords(output, errors);
    }

    [Fact]
    public async Task Configuration_WithMistakes_IsToldAllAtOnce()
    {
        Execute("mine.db", "CREATE TABLE T (Id INTEGER PRIMARY KEY)");

        var (exitCode, output, errors) = await HostProcess.RunAsync(
            directory.FullName,
            "--database", "mine.db",
            "--Demo:MaxOrders=0",
            "--AllowedOrigins=http://localhost:*;shop.example",
            "--RealtimeApi:Feed:Retention=00:00:00",
            "--RealtimeApi:Watching:MaxWatchesPerConnection=0");

        Assert.Equal(1, exitCode);
        Assert.Contains("Demo:MaxOrders", errors, StringComparison.Ordinal);
        Assert.Contains("'shop.example'", errors, StringComparison.Ordinal);
        Assert.Contains("RealtimeApi:Feed:Retention", errors, StringComparison.Ordinal);
        Assert.Contains("RealtimeApi:Watching:MaxWatchesPerConnection", errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Theory]
    [InlineData("missing.db", "missing.db")]
    [InlineData("text.db", "text.db")]
    [InlineData("keyless.db", "key")]
    public async Task Database_ThatCannotBeServed_IsExplained(string file, string named)
    {
        File.WriteAllText(Path.Combine(directory.FullName, "text.db"), string.Concat(Enumerable.Repeat("This is not a database. ", 100)));
        Execute("keyless.db", "CREATE TABLE T (A INTEGER, B TEXT)");
        string[] arguments = file == "keyless.db"
            ? ["--RealtimeApi:Database:ConnectionString=Data Source=keyless.db", "--RealtimeApi:Resources:t:Table=T", "--RealtimeApi:Resources:t:Watch=true"]
            : ["--database", file];

        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, [.. arguments, "--urls", "http://127.0.0.1:0"]);

        Assert.Equal(1, exitCode);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Fact]
    public async Task Database_LockedByAnother_IsExplained()
    {
        Execute("mine.db", "CREATE TABLE T (Id INTEGER PRIMARY KEY)");
        using var other = Open("mine.db");
        using var command = other.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();

        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, "--database", "mine.db", "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains("locked", errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Theory, InlineData("delete"), InlineData("wal")]
    public async Task Start_WhileAnotherWrites_WaitsForItsTurn(string journal)
    {
        Execute("mine.db", $"PRAGMA journal_mode = {journal}; CREATE TABLE T (Id INTEGER PRIMARY KEY); INSERT INTO T VALUES (1)");
        using var other = Open("mine.db");
        using var transaction = other.BeginTransaction(deferred: false);

        var (exitCode, output, errors) = await HostProcess.RunAsync(
            directory.FullName,
            async host =>
            {
                await Until.TrueAsync(() => host.HasExited || host.Output.Contains("It goes on by itself", StringComparison.Ordinal));
                Assert.DoesNotContain("RealtimeApi is running", host.Output, StringComparison.Ordinal);
                transaction.Commit();
                await Until.TrueAsync(() => host.HasExited || host.Output.Contains("Ctrl+C stops", StringComparison.Ordinal));
                await host.StopAsync();
            },
            "--database", "mine.db", "--urls", "http://127.0.0.1:0");

        Assert.True(exitCode == 0 || OperatingSystem.IsWindows(), errors);
        Assert.Contains($"The database {Path.Combine(directory.FullName, "mine.db")} is locked by another program", output, StringComparison.Ordinal);
        Assert.Contains("captured from now on, by triggers: 'T' (t)", output, StringComparison.Ordinal);
        Assert.Contains("RealtimeApi is running", output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Start_ToldToStopWhileAnotherWrites_Ends()
    {
        Execute("mine.db", "PRAGMA journal_mode = wal; CREATE TABLE T (Id INTEGER PRIMARY KEY)");
        using var other = Open("mine.db");
        using var transaction = other.BeginTransaction(deferred: false);

        var (exitCode, output, errors) = await HostProcess.RunAsync(
            directory.FullName,
            async host =>
            {
                await Until.TrueAsync(() => host.HasExited || host.Output.Contains("It goes on by itself", StringComparison.Ordinal));
                await host.StopAsync();
            },
            "--database", "mine.db", "--urls", "http://127.0.0.1:0");

        Assert.True(exitCode == 0 || OperatingSystem.IsWindows(), errors);
        Assert.DoesNotContain("RealtimeApi is running", output, StringComparison.Ordinal);
        Assert.Empty(errors);
        AssertInWords(output, errors);
    }

    [Fact]
    public async Task File_NamedLikeTheShop_IsLeftAlone()
    {
        Execute("shop.db", "CREATE TABLE Mine (Id INTEGER PRIMARY KEY)");

        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains("--database shop.db", errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Fact]
    public async Task Port_InUse_IsExplained()
    {
        await using var first = await HostProcess.StartAsync(directory.FullName, 0);

        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, "--urls", first.Address.ToString());

        Assert.Equal(1, exitCode);
        Assert.Contains("--urls", errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Theory]
    [InlineData("localhost:5080")]
    [InlineData("elsewhere")]
    [InlineData("http://localhost:99999")]
    [InlineData("http://localhost:-1")]
    [InlineData("http://localhost:5080/path")]
    [InlineData("ftp://localhost")]
    public async Task Urls_ThatCannotBeListenedAt_AreNamedWithTheOtherMistakes(string url)
    {
        Execute("mine.db", "CREATE TABLE T (Id INTEGER PRIMARY KEY)");

        var (exitCode, output, errors) = await HostProcess.RunAsync(
            directory.FullName, "--database", "mine.db", "--urls", "http://127.0.0.1:0;" + url, "--AllowedOrigins=shop.example");

        Assert.Equal(1, exitCode);
        Assert.Contains($"--urls) has '{url}'", errors, StringComparison.Ordinal);
        Assert.Contains("'shop.example'", errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Theory]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://[::]:0/")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://unix:/tmp/realtimeapi.sock")]
    public void Urls_ThatAServerListensAt_AreTaken(string url) => Assert.True(ListenUrls.IsUsable(url));

    [Theory]
    [InlineData("--databse", "shop.db")]
    [InlineData("serve")]
    [InlineData("--database")]
    [InlineData("--activity", "--database", "mine.db")]
    public async Task CommandLine_Mistaken_SaysSo(params string[] arguments)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, arguments);

        Assert.Equal(1, exitCode);
        Assert.Contains(arguments[0], errors, StringComparison.Ordinal);
        AssertInWords(output, errors);
    }

    [Theory]
    [InlineData("--help", "--activity")]
    [InlineData("--version", "0.")]
    public async Task CommandLine_AskedForItself_Answers(string argument, string expected)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(directory.FullName, argument);

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    private static void AssertInWords(string output, string errors)
    {
        Assert.DoesNotContain("   at ", output + errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output + errors, StringComparison.Ordinal);
    }

    private static async Task<int> CountAsync(HttpClient client, HostProcess host, string resource)
    {
        var list = await client.GetFromJsonAsync<JsonObject>(new Uri(host.Address, $"api/{resource}?$count=true&$top=1"), TestContext.Current.CancellationToken);
        return (int)list!["count"]!;
    }

    private SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory.FullName, file)};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
