using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqlitePagingPropertyTests
{
    private const string MixedKey = "PRIMARY KEY (\"any\", textNOCASE, dbl)";

    [Theory, InlineData(false), InlineData(true)]
    public void Pages_AnyRowsAndOrder_AreTheWholeList(bool mixedKey)
    {
        using var attic = mixedKey ? new Attic(MixedKey, "any", "textNOCASE", "dbl") : new Attic(key: null, "id");
        PagingPropertySpecification.PagesAreTheWholeList(attic, 120);
    }

    [Fact]
    public void Pages_WhileRowsComeAndGo_HaveEveryRowThatStaysOnce()
    {
        using var attic = new Attic(key: null, "id");
        PagingPropertySpecification.PagesHaveEveryRowThatStaysOnce(attic, 60);
    }

    [Fact]
    public void Find_AnyRows_FindsEachByItsOwnKey()
    {
        using var attic = new Attic(MixedKey, "any", "textNOCASE", "dbl");
        PagingPropertySpecification.EachIsFoundByItsOwnKey(attic, 50);
    }
}
