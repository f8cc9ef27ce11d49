using CsCheck;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>A filter is one thing: the rows that the database finds are those that the predicate takes, whatever the rows and the filter.</summary>
internal static class FilterPropertySpecification
{
    public static void SqlAndPredicateAgree(IAttic attic, int iterations) =>
        Gen.Select(Gen.UInt.Array[0, 1500], Gen.UInt.Array[0, 120]).Sample(
            (rows, choices) =>
            {
                attic.Fill(new(rows), rows.Length / 45);
                var all = List(attic, null);
                var tape = new Tape(choices);
                for (var i = 0; i < 4; i++)
                {
                    var filter = QueryParser.ParseFilter(attic.Resource, attic.Filters.Next(tape, all));
                    Assert.True(filter.IsExact);
                    Assert.Equal(filter, QueryParser.ParseFilter(attic.Resource, filter.ToString()));
                    var found = List(attic, filter).Select(item => item.Key.Text);
                    var matching = all.Where(item => filter.Matches(item.Values)).Select(item => item.Key.Text);
                    Assert.True(found.SequenceEqual(matching), $"{filter}\n SQL {string.Join(' ', found)}\n C#  {string.Join(' ', matching)}");
                    if (filter.Equality is { } equality)
                        Assert.All(all.Where(item => filter.Matches(item.Values)), item => Assert.Equal(equality.Identity, FieldIdentity.Of(equality.Column, item.Values[equality.Column.Ordinal])));
                }
            },
            iter: Iterations.Of(iterations),
            threads: 1);

    private static IReadOnlyList<Item> List(IAttic attic, FilterNode? filter) => attic.Items.ListAsync(
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
