using System.Net;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>One item over REST, whatever its database.</summary>
public abstract class ItemSpecification(ItemSpecification.Shared shared)
{
    private readonly TestServer server = shared.Server;

    [Theory]
    [InlineData("ALFKI", "Alfred")]
    [InlineData("alfki", "Alfred")]
    [InlineData("a,b", "Comma")]
    [InlineData("a%2Cb", "Comma")]
    [InlineData("a%2Fb", "Slash")]
    [InlineData("a%2fb", "Slash")]
    [InlineData("50%25%20off", "Percent")]
    [InlineData("%E6%97%A5%E6%9C%AC", "Unicode")]
    [InlineData("a+b", "Plus")]
    [InlineData("a%2Bb", "Plus")]
    [InlineData("a%252Fb", "Encoded")]
    public async Task Item_BySingleKey_IsFound(string segment, string name) =>
        Assert.Equal(name, (await server.GetJsonAsync($"/api/customers/{segment}")).GetProperty("name").GetString());

    [Theory]
    [InlineData("1,a", 10)]
    [InlineData("1,a%2Cb", 11)]
    [InlineData("1,x%2Fy", 12)]
    [InlineData("1,100%25", 13)]
    [InlineData("1,%C3%A4%20%C3%B6", 14)]
    [InlineData("1,", 15)]
    [InlineData("1,%252C", 16)]
    [InlineData("1,..", 17)]
    public async Task Item_ByCompositeKey_IsFound(string segment, int quantity) =>
        Assert.Equal(quantity, (await server.GetJsonAsync($"/api/orderDetails/{segment}")).GetProperty("quantity").GetInt32());

    [Theory]
    [InlineData("/api/orderDetails/1")]
    [InlineData("/api/orderDetails/1,a,b")]
    [InlineData("/api/orderDetails/x,a")]
    [InlineData("/api/types/99")]
    [InlineData("/api/types/abc")]
    [InlineData("/api/types/1.5")]
    [InlineData("/api/types/99999999999999999999")]
    public async Task Item_OfAKeyThatIsNotThere_IsNotFound(string path)
    {
        using var response = await server.SendAsync(path);
        await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.NotEqual("", response.Header("Realtime-Cursor"));
    }

    [Fact]
    public async Task Item_OfEveryType_KeepsItsMeaning()
    {
        var item = await server.GetJsonAsync("/api/types/1");
        Assert.Equal("9007199254740993", item.GetProperty("big").GetString());
        Assert.Equal(-5, item.GetProperty("small").GetInt32());
        Assert.Equal(12.5m, item.GetProperty("price").GetDecimal());
        Assert.Equal(0.30000000000000004, item.GetProperty("ratio").GetDouble());
        Assert.Equal(JsonValueKind.True, item.GetProperty("flag").ValueKind);
        Assert.Equal("2026-02-28", item.GetProperty("day").GetString());
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 12, 30, 0, TimeSpan.Zero), item.GetProperty("moment").GetDateTimeOffset());
        Assert.Equal("AP8=", item.GetProperty("data").GetString());
        Assert.Equal("ü \"quoted\" <b>", item.GetProperty("note").GetString());
    }

    [Fact]
    public async Task Item_OfNulls_HasThemAll()
    {
        var item = await server.GetJsonAsync("/api/types/2");
        Assert.Equal(10, item.EnumerateObject().Count());
        Assert.All(item.EnumerateObject().Skip(1), field => Assert.Equal(JsonValueKind.Null, field.Value.ValueKind));
    }

    [Fact]
    public async Task Item_OfExtremes_IsShown()
    {
        var item = await server.GetJsonAsync("/api/types/3");
        Assert.Equal(9007199254740991, item.GetProperty("big").GetInt64());
        Assert.Equal(JsonValueKind.Null, item.GetProperty("ratio").ValueKind);
        Assert.Equal("0001-01-01", item.GetProperty("day").GetString());
        Assert.Equal(JsonValueKind.False, item.GetProperty("flag").ValueKind);
        Assert.Equal("", item.GetProperty("data").GetString());
        Assert.Equal("", item.GetProperty("note").GetString());
    }

    [Fact]
    public async Task Item_WithSelect_HasTheFieldsAndTheKey()
    {
        var item = await server.GetJsonAsync("/api/types/1?$select=note,BIG");
        Assert.Equal(["id", "big", "note"], item.EnumerateObject().Select(field => field.Name));
    }

    [Theory]
    [InlineData("$top=1")]
    [InlineData("$filter=id%20eq%201")]
    [InlineData("select=note")]
    [InlineData("$select=note&$select=big")]
    [InlineData("$select=nonsense")]
    public async Task Item_WithAnotherOption_IsRefused(string query)
    {
        using var response = await server.SendAsync($"/api/types/1?{query}");
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Fact]
    public async Task Item_OfTheList_HasTheSameBytes()
    {
        var single = await (await server.SendAsync("/api/types/1")).TextAsync();
        var list = await (await server.SendAsync("/api/types?$filter=id%20eq%201")).TextAsync();
        Assert.StartsWith($$"""{"value":[{{single}}],"cursor":""", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_Watchable_CarriesCursorAndMonitor()
    {
        using var response = await server.SendAsync("/api/orderDetails/1,a%2Cb?$select=quantity");
        Assert.NotEqual("", response.Header("Realtime-Cursor"));
        Assert.Equal("</api/orderDetails/1,a%2Cb/events?$select=quantity>; rel=\"monitor\"", response.Header("Link"));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache, private", response.Headers.CacheControl?.ToString());
        Assert.Equal(["Authorization", "X-Api-Key"], response.Headers.Vary);
    }

    /// <summary>One server for all, since nothing here writes to it.</summary>
    public abstract class Shared(TestDatabaseKind kind) : SharedServer(kind)
    {
        protected override string Sqlite =>
            """
            CREATE TABLE "Order Details" (OrderID INTEGER, ProductID TEXT, Quantity INTEGER, PRIMARY KEY (OrderID, ProductID));
            INSERT INTO "Order Details" VALUES (1, 'a', 10), (1, 'a,b', 11), (1, 'x/y', 12), (1, '100%', 13), (1, 'ä ö', 14), (1, '', 15), (1, '%2C', 16), (1, '..', 17);
            CREATE TABLE Customers (Code TEXT COLLATE NOCASE PRIMARY KEY, Name TEXT);
            INSERT INTO Customers VALUES ('ALFKI', 'Alfred'), ('a,b', 'Comma'), ('a/b', 'Slash'), ('50% off', 'Percent'), ('日本', 'Unicode'), ('a+b', 'Plus'), ('a%2Fb', 'Encoded');
            CREATE TABLE Types (
                Id INTEGER PRIMARY KEY, Big BIGINT, Small INT, Price DECIMAL(20,4), Ratio REAL, Flag BOOLEAN, Day DATE, Moment DATETIME, Data BLOB, Note TEXT);
            INSERT INTO Types VALUES
                (1, 9007199254740993, -5, 12.5, 0.30000000000000004, 1, '2026-02-28', '2026-02-28 12:30:00', x'00FF', 'ü "quoted" <b>'),
                (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                (3, 9007199254740991, 0, 0, 9e999, 0, '0001-01-01', '9999-12-31 23:59:59', x'', '');
            """;

        protected override string SqlServer =>
            """
            CREATE TABLE [Order Details] (OrderID int, ProductID nvarchar(20), Quantity int, PRIMARY KEY (OrderID, ProductID));
            INSERT INTO [Order Details] VALUES (1, N'a', 10), (1, N'a,b', 11), (1, N'x/y', 12), (1, N'100%', 13), (1, N'ä ö', 14), (1, N'', 15), (1, N'%2C', 16), (1, N'..', 17);
            CREATE TABLE Customers (Code nvarchar(20) COLLATE Latin1_General_CI_AS PRIMARY KEY, Name nvarchar(20));
            INSERT INTO Customers VALUES (N'ALFKI', 'Alfred'), (N'a,b', 'Comma'), (N'a/b', 'Slash'), (N'50% off', 'Percent'), (N'日本', 'Unicode'), (N'a+b', 'Plus'), (N'a%2Fb', 'Encoded');
            CREATE TABLE Types (
                Id int PRIMARY KEY, Big bigint, Small int, Price decimal(20,4), Ratio float, Flag bit, Day date, Moment datetime2, Data varbinary(10), Note nvarchar(50));
            INSERT INTO Types VALUES
                (1, 9007199254740993, -5, 12.5, 0.30000000000000004E0, 1, '2026-02-28', '2026-02-28 12:30:00', 0x00FF, N'ü "quoted" <b>'),
                (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                (3, 9007199254740991, 0, 0, NULL, 0, '0001-01-01', '9999-12-31 23:59:59', 0x, N'');
            """;
    }
}
