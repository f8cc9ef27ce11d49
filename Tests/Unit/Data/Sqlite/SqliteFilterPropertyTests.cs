using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteFilterPropertyTests
{
    [Theory, InlineData("UTF-8"), InlineData("UTF-16le"), InlineData("UTF-16be")]
    public void Filter_AnyRowsAndFilter_SqlAndPredicateAgree(string encoding)
    {
        using var attic = Attic.OfEncoding(encoding);
        FilterPropertySpecification.SqlAndPredicateAgree(attic, encoding == "UTF-8" ? 400 : 100);
    }
}
