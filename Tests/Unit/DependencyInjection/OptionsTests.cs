using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using Xunit;

namespace RealtimeApi.Tests.Unit.DependencyInjection;

public sealed class OptionsTests
{
    private const string Database = """ "Database": { "ConnectionString": "Data Source=shop.db" } """;

    [Fact]
    public void Bind_StarForResources_MeansAllTables()
    {
        var options = Read("{" + Database + """, "Resources": "*", "Redis": null }""");
        Assert.True(options.Resources.All);
        Assert.Single(options.Resources);
        Assert.Equal("Data Source=shop.db", options.Database.ConnectionString);
    }

    [Fact]
    public void Bind_StarAmongEntries_IsTheDefaultThatTheyRefine()
    {
        var options = Read("{" + Database + """
            , "Resources": {
                "*": { "Watch": false, "MaxTop": 50 },
                "plain": {},
                "orders": { "Table": "Orders", "Watch": true, "Write": true, "Key": ["A", "B"], "DefaultTop": 10 },
                "products": { "Columns": { "InternalCost": { "Hidden": true }, "UnitPrice": { "Name": "price" } } } } }
            """);
        Assert.Equal(["*", "orders", "plain", "products"], options.Resources.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((false, 50), (options.Resources["*"].Watch, options.Resources["*"].MaxTop));
        var orders = options.Resources["ORDERS"];
        Assert.Equal(("Orders", true, true, 10), (orders.Table, orders.Watch, orders.Write, orders.DefaultTop));
        Assert.Equal(["A", "B"], orders.Key);
        Assert.Null(options.Resources["products"].Watch);
        Assert.True(options.Resources["products"].Columns["internalcost"].Hidden);
        Assert.Equal("price", options.Resources["products"].Columns["UnitPrice"].Name);
    }

    [Fact]
    public void Bind_StarAndEntriesOfAnotherSource_AreTakenTogether()
    {
        var options = Read(
            "{" + Database + """, "Resources": { "orders": { "Watch": false } } }""",
            configuration => configuration.AddInMemoryCollection([new("RealtimeApi:Resources", "*")]));
        Assert.True(options.Resources.All);
        Assert.False(options.Resources["orders"].Watch);
    }

    [Fact]
    public void AddResource_InCode_RefinesWhatIsConfigured()
    {
        var options = Read(
            "{" + Database + """, "Resources": { "orders": { "Table": "Orders", "Columns": { "Cost": { "Hidden": true } } } } }""",
            build: builder => builder
                .AddResource("orders", r => r.Watchable().Rename("Total", "sum").Format("At", "UnixSeconds").Page(5, 10))
                .AddResource("people", r => r.Table("People").Key("A", "B").Writable().Hide("Secret")));
        var orders = options.Resources["orders"];
        Assert.Equal(("Orders", true, 5, 10), (orders.Table, orders.Watch, orders.DefaultTop, orders.MaxTop));
        Assert.Equal((true, "sum", "UnixSeconds"), (orders.Columns["Cost"].Hidden, orders.Columns["total"].Name, orders.Columns["At"].Format));
        Assert.Equal(["A", "B"], options.Resources["people"].Key);
        Assert.True(options.Resources["people"].Columns["Secret"].Hidden);
    }

    [Fact]
    public void AddRealtimeApi_WithoutConfiguration_TakesCodeAlone()
    {
        var services = new ServiceCollection();
        services.AddRealtimeApi(o => o.Database.ConnectionString = "Data Source=x.db").AddResource("orders", r => r.Watchable());
        using var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Resources["orders"].Watch);
    }

    [Fact]
    public void Bind_UnknownNamesAndWrongValues_SaysAllOfThemAtOnce()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read("""
            {
              "Databse": { "ConnectionString": "x" },
              "Database": { "Provider": "Oracle", "ConnectionString": "Data Source=x", "Timeout": { "a": 1 } },
              "Resources": { "orders": { "Wacth": true, "Write": "maybe", "Key": "Id", "MaxTop": "many" }, "products": true },
              "Feed": { "Retention": "soon", "WindowBytes": { "a": "1" } }
            }
            """));
        Assert.Equal(
            [
                "RealtimeApi:Database:Provider is 'Oracle'; write Sqlite or SqlServer.",
                "RealtimeApi:Database:Timeout is no setting. RealtimeApi:Database has Provider, ConnectionString, AutoMigrate.",
                "RealtimeApi:Databse is no setting. RealtimeApi has Database, Redis, Resources, Feed, Watching, Rest, Writing, Messages, Presence, Draining.",
                "RealtimeApi:Feed:Retention is 'soon'; give a value like 00:00:30 (hours:minutes:seconds) or 3.00:00:00 (days).",
                "RealtimeApi:Feed:WindowBytes is a section; give a value, e.g. 100 (a whole number).",
                "RealtimeApi:Resources:orders:Key is 'Id'; give a list, e.g. [\"Id\"].",
                "RealtimeApi:Resources:orders:MaxTop is 'many'; give a value like 100 (a whole number).",
                "RealtimeApi:Resources:orders:Wacth is no setting. RealtimeApi:Resources:orders has Table, Name, Watch, Write, Messages, Presence, Key, Columns, DefaultTop, MaxTop.",
                "RealtimeApi:Resources:orders:Write is 'maybe'; give a value like true or false.",
                "RealtimeApi:Resources:products is a value; give a section with Table, Name, Watch, Write, Messages, Presence, Key, Columns, DefaultTop, MaxTop.",
            ],
            error.Failures.Where(f => !f.StartsWith("RealtimeApi:Watching", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bind_ConnectionStringInPlaceOfTheSection_IsNotRepeated()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read("""{ "Database": "Server=.;User Id=sa;Password=hunter2" }"""));

        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Contains("RealtimeApi:Database is a value; give a section with Provider, ConnectionString, AutoMigrate.", error.Failures);
    }

    [Fact]
    public void Validate_SettingsThatCannotWork_SaysAllOfThemAtOnce()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read("""
            {
              "Database": { "Provider": "Oracle" },
              "Resources": {
                "*": { "Table": "T" },
                "webhooks": {}, "order lines": {},
                "a": { "DefaultTop": 2000 }, "b": { "MaxTop": 0, "DefaultTop": 0 }, "c": { "Name": "A" },
                "d": { "Columns": { "X": { "Name": "a b" }, "Y": { "Hidden": true, "Name": "y" } } } },
              "Feed": { "Retention": "-1.00:00:00" }
            }
            """));
        string[] starts =
        [
            "RealtimeApi:Database:ConnectionString is missing; name the file",
            "RealtimeApi:Database:Provider is 'Oracle'; write Sqlite or SqlServer.",
            "RealtimeApi:Feed:Retention is -1.00:00:00",
            "RealtimeApi:Resources:* stands for all tables and takes Watch, Write, Messages, Presence, DefaultTop and MaxTop only.",
            "RealtimeApi:Resources:a:DefaultTop is 2000, more than MaxTop, 1000.",
            "RealtimeApi:Resources:b:DefaultTop is 0; give at least 1.",
            "RealtimeApi:Resources:b:MaxTop is 0; give a number from 1 to 100000.",
            "RealtimeApi:Resources:c: RealtimeApi:Resources:a is called 'A', too.",
            "RealtimeApi:Resources:d:Columns:X:Name: a field cannot be called 'a b'. Use letters, digits and _, e.g. 'aB'.",
            "RealtimeApi:Resources:d:Columns:Y: a hidden column needs no Name.",
            "RealtimeApi:Resources:order lines: a resource cannot be called 'order lines'. Use letters, digits and _, e.g. 'orderLines'",
            "RealtimeApi:Resources:webhooks: a resource cannot be called 'webhooks'",
        ];
        var failures = error.Failures.Where(f => !f.StartsWith("RealtimeApi:Watching", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(starts.Length, failures.Count);
        Assert.All(starts.Zip(failures), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Data Source=:memory:", "names a database in memory")]
    [InlineData("Data Source=x;Mode=Memory", "names a database in memory")]
    [InlineData("Mode=ReadOnly", "names no file")]
    [InlineData("Data Source=x;Colour=red", "cannot be read: ")]
    [InlineData("Server=x;Database=y", "is one of SQL Server's; set RealtimeApi:Database:Provider to SqlServer")]
    public void Validate_ConnectionStringThatNamesNoFile_IsRefused(string connectionString, string reason)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            Read($$"""{ "Database": { "ConnectionString": "{{connectionString}}" }, "Resources": "*" }"""));
        Assert.StartsWith($"RealtimeApi:Database:ConnectionString {reason}", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Database": "shop.db" }""", "RealtimeApi:Database is a value; give a section with Provider, ConnectionString, AutoMigrate.")]
    [InlineData("""{ "Resources": "all" }""", "RealtimeApi:Resources is 'all'; give \"*\" or a section with one entry for each name.")]
    public void Bind_ValueInPlaceOfASection_IsRefused(string json, string message)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(json));
        Assert.Contains(message, error.Failures);
    }

    [Fact]
    public void Validate_NoResources_IsRefused()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read("{" + Database + "}"));
        Assert.StartsWith("RealtimeApi:Resources names none; give \"*\"", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private static RealtimeApiOptions Read(string json, Action<IConfigurationBuilder>? sources = null, Action<IRealtimeApiBuilder>? build = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "RealtimeApi": {{json}} }"""));
        var builder = new ConfigurationBuilder().AddJsonStream(stream);
        sources?.Invoke(builder);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(builder.Build());
        var api = services.AddRealtimeApi();
        build?.Invoke(api);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value;
    }
}
