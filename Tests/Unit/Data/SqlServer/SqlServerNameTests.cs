using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerNameTests
{
    [Theory]
    [InlineData("Orders", "[Orders]")]
    [InlineData("Order Details", "[Order Details]")]
    [InlineData("a]b", "\"a]b\"")]
    [InlineData("[a] \"b\"", "\"[a] \"\"b\"\"\"")]
    [InlineData("]", "\"]\"")]
    [InlineData("say \"a\"", "[say \"a\"]")]
    [InlineData("it's; DROP TABLE x --", "[it's; DROP TABLE x --]")]
    public void Quote_AnyName_IsOneIdentifier(string name, string quoted)
    {
        Assert.Equal(quoted, SqlServerName.Quote(name));
        TSqlText.AssertParses($"SELECT {quoted} FROM {SqlServerName.Quote(new TableName(name, name))}");
    }

    [Fact]
    public void Quote_TableWithoutSchema_IsTakenFromDbo() => Assert.Equal("[dbo].[Orders]", SqlServerName.Quote(new TableName(null, "Orders")));

    [Fact]
    public void Literal_TextWithQuotes_IsOneUnicodeLiteral()
    {
        Assert.Equal("N'it''s ''x'''", SqlServerName.Literal("it's 'x'"));
        TSqlText.AssertParses($"SELECT {SqlServerName.Literal("'; DROP TABLE x --")}");
    }
}
