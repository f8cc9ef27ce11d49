using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CsCheck;
using RealtimeApi.Client;
using Xunit;

// What the analyzers would write instead is not what users write.
#pragma warning disable CA1847, CA1862, CA1865, CA1866, CA2242, CS0464

namespace RealtimeApi.Tests.Unit.Client.Filtering;

public sealed class FilterTranslatorTests
{
    private const decimal Limit = 12.50m;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    private static readonly string[] Names = ["a", "b"];

    private readonly string? captured = "x'y";

    [JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
    internal enum Colour
    {
        Red,
        Green,
    }

    internal enum Level
    {
        Low,
        High,
    }

    public static TheoryData<string, string?> Translations()
    {
        var data = new TheoryData<string, string?>();
        foreach (var (condition, filter) in Table())
            data.Add(condition.ToString(), filter);
        return data;
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void Condition_OfTheSubset_IsTheFilterOfTheTable(string condition, string? filter)
    {
        var expression = Table().First(row => row.Condition.ToString() == condition && row.Filter == filter).Condition;

        Assert.Equal(filter, FilterTranslator.Translate(expression, Web));
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void Translation_IsTakenByTheServersParser(string condition, string? filter)
    {
        Assert.NotEmpty(condition);
        if (filter is not null)
            Assert.NotNull(RealtimeApi.Server.Queries.FilterParser.Parse(Things.Definition, filter));
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void Filter_OnTheServer_HoldsForTheSameItemsAsInCSharp(string condition, string? filter)
    {
        var holds = Table().First(row => row.Condition.ToString() == condition && row.Filter == filter).Condition.Compile();
        var node = filter is null ? null : RealtimeApi.Server.Queries.FilterParser.Parse(Things.Definition, filter);

        AnyThing().Sample(
            thing =>
            {
                bool expected;
                try
                {
                    expected = holds(thing);
                }
                catch (Exception e) when (e is NullReferenceException or InvalidOperationException)
                {
                    return; // Of null, C# has no answer to agree with.
                }
                Assert.Equal(expected, node?.Matches(Things.ValuesOf(thing)) ?? true);
            },
            iter: 200);
    }

    [Fact]
    public void Condition_OutsideTheSubset_IsRefusedWithItsText()
    {
        var text = "abc";
        IReadOnlyList<(Expression<Func<Thing, bool>> Condition, string Part)> refused =
        [
            (o => o.Id == o.Big, "(Convert(o.Id, Int64) == o.Big)"),
            (o => o.Id + 1 == 2, "(o.Id + 1)"),
            (o => o.Name!.Trim() == "a", "o.Name.Trim()"),
            (o => o.Name!.Substring(1) == "a", "o.Name.Substring(1)"),
            (o => o.Parent!.Name == "a", "o.Parent.Name"),
            (o => text.Contains(o.Name!), "'text.Contains(o.Name)'"),
            (o => o.Name!.Contains(o.Other!), "o.Name.Contains(o.Other)"),
            (o => o.Name!.StartsWith("a", StringComparison.OrdinalIgnoreCase), "o.Name.StartsWith(\"a\", OrdinalIgnoreCase)"),
            (o => o.Tags.Contains("a"), "o.Tags.Contains(\"a\")"),
            (o => o.Tags.Any(), "o.Tags.Any()"),
            (o => (int)o.Total == 5, "Convert(o.Total, Int32)"),
            (o => o.Ignored == 1, "o.Ignored"),
            (o => o.When.Hour == 1, "o.When.Hour"),
            (o => o.Weight > double.NaN, "(o.Weight > NaN)"),
            (o => o.Colour > Colour.Red, "o.Colour"),
            (o => o.Paid ? o.Id == 1 : o.Id == 2, "IIF(o.Paid"),
            (o => o.Paid ^ o.Id == 1, "(o.Paid ^ (o.Id == 1))"),
            (o => o.Maybe > null, "(o.Maybe > null)"),
            (o => o.Name!.Length == o.Id, "o.Name.Length"),
            (o => o.Span == TimeSpan.Zero, "(o.Span == "),
            (o => o.Name!.Contains((string)null!), "o.Name.Contains(null)"),
            (o => false, "False"),
            (o => o.GetHashCode() == 1, "o.GetHashCode()"),
        ];
        foreach (var (condition, part) in refused)
        {
            var error = Assert.Throws<ArgumentException>(() => FilterTranslator.Translate(condition, Web));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.Contains("cannot be made a filter", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_WithoutPolicy_AreTheMembers()
    {
        Assert.Equal("Name eq 'a'", FilterTranslator.Translate((Expression<Func<Thing, bool>>)(o => o.Name == "a"), new JsonSerializerOptions()));
    }

    [Fact]
    public void Names_WithSnakeCasePolicy_FollowIt()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

        Assert.Equal("stored_big eq 1", FilterTranslator.Translate((Expression<Func<Snake, bool>>)(o => o.StoredBig == 1), options));
    }

    [Fact]
    public void Enum_WithConverterInOptions_IsText()
    {
        var options = new JsonSerializerOptions(Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

        Assert.Equal("level eq 'high'", FilterTranslator.Translate((Expression<Func<Thing, bool>>)(o => o.Level == Level.High), options));
    }

    [Fact]
    public void Enum_WithConverterOnTheProperty_IsText()
    {
        Assert.Equal("shown eq 'High'", FilterTranslator.Translate((Expression<Func<Thing, bool>>)(o => o.Shown == Level.High), Web));
    }

    [Fact]
    public void CapturedVariable_ChangedLater_DoesNotChangeTheFilter()
    {
        var status = "pending";
        var filter = FilterTranslator.Translate((Expression<Func<Thing, bool>>)(o => o.Name == status), Web);
        status = "shipped";

        Assert.Equal("name eq 'pending'", filter);
        Assert.Equal("shipped", status);
    }

    [Fact]
    public void LocalDateTime_IsWrittenWithItsOffset()
    {
        var local = new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Local);
        var filter = FilterTranslator.Translate((Expression<Func<Thing, bool>>)(o => o.When > local), Web);

        Assert.Equal(new DateTimeOffset(local), DateTimeOffset.Parse(filter!["when gt ".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Fields_OneOrSeveral_AreTheirNames()
    {
        Assert.Equal("name", FilterTranslator.TranslateFields((Expression<Func<Thing, object?>>)(o => o.Name), Web));
        Assert.Equal("id,other_name,total", FilterTranslator.TranslateFields((Expression<Func<Thing, object?>>)(o => new { o.Id, o.Other, X = o.Total }), Web));
        Assert.Equal("id", FilterTranslator.TranslateFields((Expression<Func<Thing, object?>>)(o => o.Id), Web));
        Assert.Throws<ArgumentException>(() => FilterTranslator.TranslateFields((Expression<Func<Thing, object?>>)(o => o.Id + 1), Web));
    }

    private static List<(Expression<Func<Thing, bool>> Condition, string? Filter)> Table() => new FilterTranslatorTests().Rows();

    private List<(Expression<Func<Thing, bool>> Condition, string? Filter)> Rows()
    {
        var list = new List<long> { 1, 2 };
        var none = new List<string>();
        var withNull = new List<string?> { "a", null };
        var set = new HashSet<Guid> { Guid.Parse("6F9619FF-8B86-D011-B42D-00CF4FC964FF") };
        var day = new DateOnly(2026, 1, 2);
        var utc = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        var midnight = new DateTime(2026, 1, 2);
        var offset = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        int? absent = null;
        var yes = true;
        var no = false;
        return
        [
            (o => o.Name == "pending" && o.Total > 100, "name eq 'pending' and total gt 100"),
            (o => o.Id == 1 || o.Id == 2 && o.Paid, "id eq 1 or id eq 2 and paid eq true"),
            (o => (o.Id == 1 || o.Id == 2) && o.Paid, "(id eq 1 or id eq 2) and paid eq true"),
            (o => 5 < o.Id, "id gt 5"),
            (o => 5 >= o.Id, "id le 5"),
            (o => o.Name != "a", "name ne 'a'"),
            (o => o.Name == captured, "name eq 'x''y'"),
            (o => o.Name == null, "name eq null"),
            (o => o.Name != null, "name ne null"),
            (o => null == o.Name, "name eq null"),
            (o => o.Maybe == absent, "maybe eq null"),
            (o => o.Total >= Limit, "total ge 12.50"),
            (o => o.Total == -0.5m, "total eq -0.5"),
            (o => o.Weight < 1.5e300, "weight lt 1.5E+300"),
            (o => o.Big == long.MaxValue, "big eq 9223372036854775807"),
            (o => o.Big > 2_000_000_000L * 2, "big gt 4000000000"),
            (o => o.Id < list[1], "id lt 2"),
            (o => o.Other == "a", "other_name eq 'a'"),
            (o => o.Paid, "paid eq true"),
            (o => !o.Paid, "not (paid eq true)"),
            (o => o.Paid == false, "paid eq false"),
            (o => o.Paid & o.Id == 1 | o.Id == 2, "paid eq true and id eq 1 or id eq 2"),
            (o => o.MaybePaid == true, "maybePaid eq true"),
            (o => o.Maybe.HasValue, "maybe ne null"),
            (o => !o.Maybe.HasValue, "not (maybe ne null)"),
            (o => o.Maybe!.Value > 3, "maybe gt 3"),
            (o => o.Maybe > 3, "maybe gt 3"),
            (o => o.Name!.Contains("a_%"), "contains(name,'a_%')"),
            (o => o.Name!.Contains('c'), "contains(name,'c')"),
            (o => o.Name!.StartsWith("a"), "startswith(name,'a')"),
            (o => o.Name!.StartsWith("a", StringComparison.Ordinal), "startswith(name,'a')"),
            (o => o.Name!.EndsWith(captured!), "endswith(name,'x''y')"),
            (o => !o.Name!.Contains("a"), "not contains(name,'a')"),
            (o => !!o.Name!.Contains("a"), "not (not contains(name,'a'))"),
            (o => o.Name!.Contains("a") == false, "not contains(name,'a')"),
            (o => o.Name!.Contains("a") != false, "contains(name,'a')"),
            (o => o.Name!.ToLower() == "a", "tolower(name) eq 'a'"),
            (o => o.Name!.ToUpperInvariant().StartsWith("A"), "startswith(toupper(name),'A')"),
            (o => o.Name!.Length > 3, "length(name) gt 3"),
            (o => o.Name!.ToLower().Length == 3, "length(tolower(name)) eq 3"),
            (o => o.When.Year == 2026 && o.When.Month == 1 && o.When.Day == 2, "year(when) eq 2026 and month(when) eq 1 and day(when) eq 2"),
            (o => o.Ended!.Value.Year == 2026, "year(ended) eq 2026"),
            (o => o.Day.Month == 2, "month(day) eq 2"),
            (o => o.When == utc, "when eq 2026-01-02T03:04:05.678Z"),
            (o => o.When >= midnight, "when ge 2026-01-02"),
            (o => o.Ended < offset, "ended lt 2026-01-02T03:04:05+02:00"),
            (o => o.Day == day, "day eq 2026-01-02"),
            (o => o.Token == set.First(), "token eq 6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
            (o => set.Contains(o.Token), "token in (6f9619ff-8b86-d011-b42d-00cf4fc964ff)"),
            (o => list.Contains(o.Big), "big in (1,2)"),
            (o => Names.Contains(o.Name), "name in ('a','b')"),
            (o => new[] { 1, 2 }.Contains(o.Id), "id in (1,2)"),
            (o => ((IEnumerable<string?>)withNull).Contains(o.Name), "name in ('a') or name eq null"),
            (o => withNull.Contains(o.Name) && o.Paid, "(name in ('a') or name eq null) and paid eq true"),
            (o => !list.Contains(o.Big), "not (big in (1,2))"),
            (o => none.Contains(o.Name!), "name eq null and name ne null"),
            (o => none.Contains(o.Name!) || o.Id == 1, "id eq 1"),
            (o => !none.Contains(o.Name!), null),
            (o => o.Colour == Colour.Green, "colour eq 'Green'"),
            (o => o.MaybeColour == Colour.Green, "maybeColour eq 'Green'"),
            (o => new[] { Colour.Red, Colour.Green }.Contains(o.Colour), "colour in ('Red','Green')"),
            (o => o.Level == Level.High, "level eq 1"),
            (o => o.Level > Level.Low, "level gt 0"),
            (o => o.Letter == 'x', "letter eq 'x'"),
            (o => yes || o.Id == 1, null),
            (o => no || o.Id == 1, "id eq 1"),
            (o => yes && o.Id == 1, "id eq 1"),
            (o => true, null),
            (o => o.Id == Twice(4), "id eq 8"),
            (o => o.Id == Names.Length, "id eq 2"),
        ];
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Items whose values are mostly those that the conditions ask for.</summary>
    private static Gen<Thing> AnyThing()
    {
        var text = OneOf<string?>(null, "", "a", "A", "b", "abc", "x'y", "ax'y", "pending", "a_%", "AB");
        var moment = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
        return
            from id in Gen.Int[0, 9]
            from big in Gen.OneOf(Gen.Long[0, 3], Gen.Const(long.MaxValue), Gen.Const(5_000_000_000L))
            from name in text
            from other in text
            from total in OneOf(-0.5m, 0m, 12.49m, 12.5m, 100m, 100.01m)
            from weight in OneOf(0d, 1e300, 1.5e300, 2e300)
            from flags in Gen.Int[0, 11]
            from maybe in Gen.Int[0, 5]
            from hours in OneOf(-30, -1, 0, 1, 2, 3, 4)
            from last in OneOf(0, 678)
            select new Thing
            {
                Id = id,
                Big = big,
                Name = name,
                Other = other,
                Total = total,
                Weight = weight,
                Paid = flags % 2 == 0,
                MaybePaid = flags % 3 == 0 ? null : flags % 3 == 1,
                Maybe = maybe == 0 ? null : maybe,
                Token = flags < 6 ? Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff") : Guid.Empty,
                When = hours == 3 ? new DateTime(2026, 1, 2, 3, 4, 5, last, DateTimeKind.Utc) : moment.AddHours(hours),
                Ended = flags % 4 == 0 ? null : new DateTimeOffset(moment.AddHours(hours), TimeSpan.Zero),
                Day = DateOnly.FromDateTime(moment.AddDays(hours)),
                Letter = flags < 4 ? 'x' : 'y',
                Colour = (Colour)(flags % 2),
                MaybeColour = flags % 3 == 0 ? null : (Colour)(flags % 2),
                Level = (Level)(flags / 6),
            };
    }

    private static int Twice(int value) => value * 2;

    internal sealed class Snake
    {
        public long StoredBig { get; set; }
    }
}
