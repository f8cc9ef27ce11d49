using RealtimeApi.Server.Data.Sqlite;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteIndexTextTests
{
    [Theory]
    [InlineData("CREATE UNIQUE INDEX i ON t (a)", "a", null)]
    [InlineData("CREATE UNIQUE INDEX i ON t(a,b)", "a|b", null)]
    [InlineData("CREATE UNIQUE INDEX \"on (\" ON \"t (,\" (\"a,b\" ASC , lower(c) COLLATE NOCASE desc)", "\"a,b\"|lower(c) COLLATE NOCASE", null)]
    [InlineData("create unique index i on [t)](coalesce(a, ')', ''''), `b``)` ) where a > 0", "coalesce(a, ')', '''')|`b``)`", "a > 0")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a /* ) , */ , -- ),\n b) WHERE /* x */ c = 'WHERE' AND d", "a /* ) , */|-- ),\n b", "/* x */ c = 'WHERE' AND d")]
    [InlineData("CREATE UNIQUE INDEX i ON t ((a) + (b))", "(a) + (b)", null)]
    public void Parse_OfAStatement_FindsTermsAndCondition(string sql, string terms, string? where)
    {
        var text = SqliteIndexText.Parse(sql);
        Assert.Equal(terms.Split('|'), text.Terms);
        Assert.Equal(where, text.Where);
    }
}
