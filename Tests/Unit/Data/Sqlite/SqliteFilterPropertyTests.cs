using CsCheck;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>A filter is one thing: the rows that SQLite finds are those that the predicate takes, whatever the rows and the filter.</summary>
public sealed class SqliteFilterPropertyTests
{
    [Theory, InlineData("UTF-8"), InlineData("UTF-16le"), InlineData("UTF-16be")]
    public void Filter_AnyRowsAndFilter_SqlAndPredicateAgree(string encoding)
    {
        using var attic = Attic.OfEncoding(encoding);
        Gen.Select(Gen.UInt.Array[0, 1500], Gen.UInt.Array[0, 120]).Sample(
            (rows, choices) =>
            {
                attic.Fill(new(rows), rows.Length / 45);
                var all = List(attic, null);
                var tape = new Tape(choices);
                for (var i = 0; i < 4; i++)
                {
                    var filter = QueryParser.ParseFilter(attic.Resource, attic.Filter(tape, all));
                    Assert.True(filter.IsExact);
                    Assert.Equal(filter, QueryParser.ParseFilter(attic.Resource, filter.ToString()));
                    var found = List(attic, filter).Select(item => item.Key.Text);
                    var matching = all.Where(item => filter.Matches(item.Values)).Select(item => item.Key.Text);
                    Assert.True(found.SequenceEqual(matching), $"{filter}\n SQL {string.Join(' ', found)}\n C#  {string.Join(' ', matching)}");
                    if (filter.Equality is { } equality)
                        Assert.All(all.Where(item => filter.Matches(item.Values)), item => Assert.Equal(equality.Identity, FieldIdentity.Of(equality.Column, item.Values[equality.Column.Ordinal])));
                }
            },
            iter: Iterations.Of(encoding == "UTF-8" ? 400 : 100),
            threads: 1);
    }

    private static IReadOnlyList<Item> List(Attic attic, FilterNode? filter) => attic.Items.ListAsync(
        new()
        {
            Resource = attic.Resource,
            Filter = filter,
            OrderBy = [new(attic.Resource.Key[0], Descending: false)],
            Top = 1000,
            Select = FieldSelection.All(attic.Resource),
        },
        CancellationToken.None).GetAwaiter().GetResult().Items;
}
