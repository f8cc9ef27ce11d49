using CsCheck;
using RealtimeApi.Server.Resources;
using Xunit;
using static RealtimeApi.Tests.Unit.Resources.TestColumns;

namespace RealtimeApi.Tests.Unit.Resources;

public sealed class ItemKeyTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String, Gen.String[Gen.Char["ab,'%/x 0159é"], 0, 5],
        Pick("", "5", "-1", "1.5", "true", "x'00'", "n'5'", "n'x'", "1234", "'5'", "''", "'", "x''", "a,b", "a%2Cb", "'x'00''", "2026-11-23", "0f8fad5b-d9cb-469f-a165-70867728950e", "NaN", "\0"));

    private static readonly Gen<FieldValue> Value = Gen.OneOf(
        Text.Where(IsWellFormed).Select(FieldValue.Of),
        Gen.OneOf(Gen.Long, Gen.Long[-5, 5]).Select(FieldValue.Of),
        Gen.OneOf(Gen.Double, Gen.Double[-5, 5]).Where(d => !double.IsNaN(d)).Select(FieldValue.Of),
        Gen.Byte.Array[0, 5].Select(FieldValue.Of));

    private static readonly Gen<FieldValue> Typed = Gen.OneOf(
        Gen.Bool.Select(FieldValue.Of),
        Gen.Decimal[-1000, 1000].Select(FieldValue.Of),
        Gen.Guid.Select(FieldValue.Of),
        Gen.Date.Select(d => FieldValue.Of(DateOnly.FromDateTime(d))),
        Gen.Long[0, TimeSpan.TicksPerDay - 1].Select(t => FieldValue.Of(new TimeOnly(t))),
        Gen.DateTime.Select(d => FieldValue.Of(new DateTimeOffset(d.Ticks, TimeSpan.Zero))));

    [Fact]
    public void Text_OfAnyKeyOfAnyType_ParsesBackToTheSameKey() =>
        Gen.Select(Gen.Enum<FieldType>(), Gen.Enum<FieldType>(), Value, Value, Typed, Gen.Int[0, 3]).Sample(
            (first, second, a, b, typed, kind) =>
            {
                var single = Resource(Column("id", first));
                var composite = Resource(Column("a", TypeOf(typed, first)), Column("b", second));
                RoundTrips(single, Fit(first, a));
                RoundTrips(composite, TypeOf(typed, first) == first ? Fit(first, a) : typed, Fit(second, b));
            },
            iter: 5000);

    [Theory]
    [InlineData(FieldType.Integer, "42", "42")]
    [InlineData(FieldType.Integer, "007", "7")]
    [InlineData(FieldType.Integer, "abc", "abc")]
    [InlineData(FieldType.Guid, "0F8FAD5B-D9CB-469F-A165-70867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData(FieldType.DateTime, "2026-11-23", "2026-11-23T00:00:00Z")]
    [InlineData(FieldType.Decimal, "5.50", "5.50")]
    [InlineData(FieldType.Binary, "AQI=", "AQI=")]
    [InlineData(FieldType.String, "a,b/c%20d", "a,b/c%20d")]
    [InlineData(FieldType.Boolean, "true", "true")]
    public void Parse_SingleKey_GivesTheKeyAsItIsWritten(object type, string text, string written) =>
        Assert.Equal(written, ItemKey.Parse(Resource(Column("id", (FieldType)type)), text)!.Text);

    [Fact]
    public void Parse_OfAnyNumberOfQuotes_NeedsNoMoreStack()
    {
        var key = new string('\'', 32 * 1024);
        string? text = null;
        var thread = new Thread(() => text = ItemKey.Parse(Resource(Column("id", FieldType.String)), key)!.Text, maxStackSize: 256 * 1024);

        thread.Start();
        thread.Join();

        Assert.Equal(key, text);
    }

    [Fact]
    public void Parse_CompositeKey_SplitsBeforeItDecodes()
    {
        var resource = Resource(Column("a", FieldType.String), Column("b", FieldType.Integer));
        foreach (var key in (ItemKey[])[ItemKey.Parse(resource, "a%2Cb,5")!, ItemKey.ParsePath(resource, "a%2Cb,5")!])
        {
            Assert.Equal("a,b", key.Values[0].Text);
            Assert.Equal(5, key.Values[1].Integer);
            Assert.Equal("a%2Cb,5", key.Text);
        }

        Assert.Null(ItemKey.Parse(resource, "a"));
        Assert.Null(ItemKey.Parse(resource, "a,5,6"));
        Assert.Null(ItemKey.ParsePath(resource, "a%2C5"));
    }

    [Fact]
    public void ParsePath_SingleKey_IsDecodedOnce()
    {
        var resource = Resource(Column("id", FieldType.String));
        Assert.Equal("a/b,c%20", ItemKey.ParsePath(resource, "a%2Fb,c%2520")!.Text);
        Assert.Equal("100%", ItemKey.ParsePath(resource, "100%")!.Text);
    }

    [Fact]
    public void Equals_KeysOfOneCollation_FollowsIt()
    {
        var noCase = Resource(Column("id", FieldType.String, collation: "NOCASE"));
        var trimmed = Resource(Column("id", FieldType.String, collation: "RTRIM"));
        Assert.Equal(ItemKey.Parse(noCase, "alfki"), ItemKey.Parse(noCase, "ALFKI"));
        Assert.NotEqual(ItemKey.Parse(noCase, "é"), ItemKey.Parse(noCase, "É"));
        Assert.Equal(ItemKey.Parse(trimmed, "a "), ItemKey.Parse(trimmed, "a"));
        Assert.NotEqual(ItemKey.Parse(trimmed, "A"), ItemKey.Parse(trimmed, "a"));
    }

    [Fact]
    public void Equals_OnePointInTimeAtTwoOffsets_IsTrue()
    {
        var resource = Resource(Column("id", FieldType.DateTime));
        Assert.Equal(ItemKey.Parse(resource, "2026-11-23T12:06:26+01:00"), ItemKey.Parse(resource, "2026-11-23T11:06:26Z"));
    }

    [Fact]
    public void Equals_CompositeKeys_KeepTheirPartsApart()
    {
        var resource = Resource(Column("a", FieldType.String), Column("b", FieldType.String));
        Assert.NotEqual(ItemKey.Parse(resource, "ab,c"), ItemKey.Parse(resource, "a,bc"));
        Assert.NotEqual(ItemKey.Parse(resource, "a1%3Atb,c"), ItemKey.Parse(resource, "a,1%3Atbc"));
    }

    [Fact]
    public void IsComplete_NullInAKeyColumn_IsFalse()
    {
        var resource = Resource(Column("a", FieldType.String), Column("b", FieldType.String));
        Assert.False(ItemKey.IsComplete(resource, [FieldValue.Of("a"), FieldValue.Null]));
        Assert.True(ItemKey.IsComplete(resource, [FieldValue.Of("a"), FieldValue.Of("")]));
    }

    private static void RoundTrips(ResourceDefinition resource, params FieldValue[] values)
    {
        var key = ItemKey.Of(resource, values);
        Assert.Equal(key, ItemKey.Parse(resource, key.Text));
        var segment = resource.Key.Count == 1 ? Uri.EscapeDataString(key.Text) : key.Text;
        Assert.Equal(key, ItemKey.ParsePath(resource, segment));
        Assert.Equal(key.Text, ItemKey.Parse(resource, key.Text)!.Text);
    }

    private static FieldType TypeOf(FieldValue typed, FieldType otherwise) => typed.Kind switch
    {
        FieldValueKind.Boolean => FieldType.Boolean,
        FieldValueKind.Decimal => FieldType.Decimal,
        FieldValueKind.Guid => FieldType.Guid,
        FieldValueKind.Date => FieldType.Date,
        FieldValueKind.Time => FieldType.Time,
        FieldValueKind.DateTime => FieldType.DateTime,
        _ => otherwise,
    };

    // What the projection makes of a stored value: a misfit unless it is of the type.
    private static FieldValue Fit(FieldType type, FieldValue value) => (type, value.Kind) switch
    {
        (FieldType.Any, _) or (FieldType.Integer, FieldValueKind.Integer) or (FieldType.String, FieldValueKind.Text) or (FieldType.Binary, FieldValueKind.Binary) => value,
        (FieldType.Double, FieldValueKind.Real) => value,
        (FieldType.Double, FieldValueKind.Integer) => FieldValue.Of((double)value.Integer),
        (FieldType.Decimal, FieldValueKind.Integer) => FieldValue.Of((decimal)value.Integer),
        _ => value.AsMisfit(),
    };

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD) && !text.Any(char.IsSurrogate);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
