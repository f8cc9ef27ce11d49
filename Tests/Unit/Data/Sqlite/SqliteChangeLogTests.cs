using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteChangeLogTests : ChangeLogSpecification
{
    private protected override ChangeLogHarness Open() => new SqliteChangeLogHarness();

    /// <summary>What a window of updates takes in memory is nearly halved by it.</summary>
    [Fact]
    public async Task Update_OfOneField_SharesTheOtherTextsOfItsImages()
    {
        await using var database = Open();
        await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a text', 1)");
        var inserted = (await database.PrepareAsync()).Head;
        database.Execute("UPDATE orders SET total = 2");

        var change = Assert.Single((await database.Log.ReadAsync(database.Catalog(), inserted.Position, 1000, null, TestContext.Current.CancellationToken)).Changes);

        var status = change.Resource.FindColumn("status")!.Ordinal;
        Assert.Equal("a text", change.Before!.Values[status].Text);
        Assert.Same(change.Before.Values[status].Text, change.After!.Values[status].Text);
    }
}
