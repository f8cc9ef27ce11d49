using System.Globalization;
using CsCheck;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>The pages of a list are the list: nothing is skipped or repeated, whatever is stored and however it is ordered.</summary>
internal static class PagingPropertySpecification
{
    public static void PagesAreTheWholeList(IAttic attic, int iterations) =>
        Gen.Select(Gen.UInt.Array[0, 1500], Gen.UInt.Array[0, 60]).Sample(
            (rows, choices) =>
            {
                attic.Fill(new(rows), rows.Length / 45);
                var tape = new Tape(choices);
                List<KeyValuePair<string, string>> options = [new("$orderby", OrderBy(attic, tape))];
                if (tape.Chance(3))
                    options.Add(new("$filter", attic.Filters.Next(tape, [], depth: 1)));
                var whole = Read(attic, [.. options, new("$top", "1000"), new("$count", "true")]).Page;
                var top = (1 + tape.Next(4)).ToString(CultureInfo.InvariantCulture);
                var paged = Pages(attic, [.. options, new("$top", top)]).ToList();
                Assert.True(
                    whole.Items.Select(item => item.Key.Text).SequenceEqual(paged),
                    $"{string.Join(' ', options)}\n whole {string.Join(' ', whole.Items.Select(i => i.Key.Text))}\n pages {string.Join(' ', paged)}");
                Assert.Equal(whole.Items.Count, whole.Count);
                Assert.All(whole.Items, item => Assert.True(ItemKey.IsComplete(attic.Resource, item.Values)));
            },
            iter: Iterations.Of(iterations),
            threads: 1);

    public static void PagesHaveEveryRowThatStaysOnce(IAttic attic, int iterations) =>
        Gen.Select(Gen.UInt.Array[200, 1500], Gen.UInt.Array[0, 60], Gen.UInt.Array[0, 1500]).Sample(
            (rows, choices, changes) =>
            {
                attic.Fill(new(rows), 20);
                var tape = new Tape(choices);
                var change = new Tape(changes);
                var leaving = Enumerable.Range(0, 20).Where(_ => tape.Chance(3)).ToHashSet();
                var next = 100;
                var seen = new List<string>();
                foreach (var key in Pages(attic, [new("$orderby", OrderBy(attic, tape)), new("$top", "3")]))
                {
                    seen.Add(key);
                    if (leaving.Count > 0 && change.Chance(2))
                    {
                        var id = leaving.First();
                        leaving.Remove(id);
                        attic.Delete(id);
                    }
                    else if (next < 110)
                        attic.Insert(change, next++);
                }
                var stayed = Read(attic, [new("$top", "1000")]).Page.Items.Select(item => item.Key.Text).Where(key => key.Length < 3);
                Assert.Equal(seen.Count, seen.Distinct().Count());
                Assert.Empty(stayed.Except(seen));
            },
            iter: Iterations.Of(iterations),
            threads: 1);

    public static void EachIsFoundByItsOwnKey(IAttic attic, int iterations) =>
        Gen.UInt.Array[0, 1000].Sample(
            rows =>
            {
                attic.Fill(new(rows), rows.Length / 45);
                foreach (var item in Read(attic, [new("$top", "1000")]).Page.Items)
                {
                    var key = ItemKey.Parse(attic.Resource, item.Key.Text);
                    Assert.NotNull(key);
                    Assert.Equal(item.Key.Text, attic.Items.FindAsync(attic.Resource, key, CancellationToken.None).GetAwaiter().GetResult().Item?.Key.Text);
                }
            },
            iter: Iterations.Of(iterations),
            threads: 1);

    private static string OrderBy(IAttic attic, Tape tape) => string.Join(
        ',',
        Enumerable.Range(0, 1 + tape.Next(3)).Select(_ => tape.Pick(attic.Resource.Columns).Name).Distinct().Select(name => name + tape.Pick(["", " desc", " asc"])));

    private static IEnumerable<string> Pages(IAttic attic, IReadOnlyList<KeyValuePair<string, string>> options)
    {
        string? token = null;
        for (var pages = 0; pages < 200; pages++)
        {
            var (query, page) = Read(attic, token is null ? options : [.. options, new("$skiptoken", token)]);
            foreach (var item in page.Items)
                yield return item.Key.Text;
            if (!page.HasMore)
                yield break;
            token = QueryParser.MakeSkipToken(query, page.Items[^1], null);
        }
        Assert.Fail("The pages do not end.");
    }

    private static (ListQuery Query, ItemPage Page) Read(IAttic attic, IEnumerable<KeyValuePair<string, string>> options)
    {
        var (query, _) = QueryParser.ParseList(attic.Resource, options);
        return (query, attic.Items.ListAsync(query, CancellationToken.None).GetAwaiter().GetResult());
    }
}
