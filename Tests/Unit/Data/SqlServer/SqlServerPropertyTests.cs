using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>The properties of filters and pages on a real server, where there is one.</summary>
public sealed class SqlServerPropertyTests(SqlServerFixture fixture) : IClassFixture<SqlServerFixture>
{
    [Fact]
    public async Task Filter_AnyRowsAndFilterOnSqlServer_SqlAndPredicateAgree()
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, "id");
        FilterPropertySpecification.SqlAndPredicateAgree(attic, 60);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Pages_AnyRowsAndOrderOnSqlServer_AreTheWholeList(bool mixedKey)
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, mixedKey ? ["ci", "dbl", "micro", "guid"] : ["id"]);
        PagingPropertySpecification.PagesAreTheWholeList(attic, 40);
    }

    [Fact]
    public async Task Pages_WhileRowsComeAndGoOnSqlServer_HaveEveryRowThatStaysOnce()
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, "id");
        PagingPropertySpecification.PagesHaveEveryRowThatStaysOnce(attic, 15);
    }

    [Fact]
    public async Task Find_AnyRowsOnSqlServer_FindsEachByItsOwnKey()
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, "coded", "sgl", "zoned", "dec38");
        PagingPropertySpecification.EachIsFoundByItsOwnKey(attic, 15);
    }

    [Fact]
    public async Task Image_OfAnyRowOnSqlServer_IsWhatIsRead()
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, "id");
        await attic.ImagesAreWhatIsRead(10);
    }

    [Fact]
    public async Task Parameter_OfAnyValueOnSqlServer_IsEqualToIt()
    {
        using var attic = await SqlServerAttic.CreateAsync(fixture.Harness, "id");
        await attic.ParametersAreWhatIsStored();
    }
}
