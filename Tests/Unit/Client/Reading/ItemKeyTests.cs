using System.Text.Json;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Reading;

public sealed class ItemKeyTests
{
    [Fact]
    public void Values_ConvertToTheirText()
    {
        Assert.Equal("42", ((ItemKey)42).Text);
        Assert.Equal("-9000000000", ((ItemKey)(-9_000_000_000L)).Text);
        Assert.Equal("6f9619ff-8b86-d011-b42d-00cf4fc964ff", ((ItemKey)Guid.Parse("6F9619FF-8B86-D011-B42D-00CF4FC964FF")).Text);
        Assert.Equal("a,b%", ((ItemKey)"a,b%").Text);
        Assert.Equal("", default(ItemKey).Text);
        Assert.Throws<ArgumentNullException>(() => (ItemKey)(string)null!);
    }

    [Fact]
    public void Of_OnePart_IsItsText()
    {
        Assert.Equal("a,b", ItemKey.Of("a,b").Text);
        Assert.Equal("1.50", ItemKey.Of(1.50m).Text);
        Assert.Equal("true", ItemKey.Of(true).Text);
        Assert.Equal("2026-01-02", ItemKey.Of(new DateOnly(2026, 1, 2)).Text);
        Assert.Equal("2026-01-02T03:04:05.5Z", ItemKey.Of(new DateTime(2026, 1, 2, 3, 4, 5, 500, DateTimeKind.Utc)).Text);
        Assert.Equal("AQI=", ItemKey.Of(new byte[] { 1, 2 }).Text);
    }

    [Fact]
    public void Of_SeveralParts_JoinsThemEncoded()
    {
        Assert.Equal("a%2Cb,7,%25", ItemKey.Of("a,b", 7, "%").Text);
    }

    [Fact]
    public void Of_Nothing_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ItemKey.Of());
        Assert.Throws<ArgumentException>(() => ItemKey.Of(1, null!));
        Assert.Throws<ArgumentException>(() => ItemKey.Of(new object()));
    }

    [Fact]
    public void Equality_IsThatOfTheText()
    {
        Assert.True((ItemKey)1 == "1");
        Assert.True((ItemKey)1 != 2);
        Assert.Equal(((ItemKey)1).GetHashCode(), ((ItemKey)"1").GetHashCode());
        Assert.Equal("1", ((ItemKey)1).ToString());
    }

    [Theory]
    [InlineData("""{"id":42}""", "42", "id")]
    [InlineData("""{"id":"9007199254740993"}""", "9007199254740993", "id")]
    [InlineData("""{"id":true}""", "true", "id")]
    [InlineData("""{"id":"größe,"}""", "größe,", "id")]
    [InlineData("""{"b":"x,y","a":7}""", "7,x%2Cy", "a", "b")]
    public void TextOf_AnItem_IsThatOfItsKeyFields(string json, string text, params string[] fields)
    {
        using var item = JsonDocument.Parse(json);

        Assert.Equal(text, ItemKey.TextOf(item.RootElement, fields));
    }

    [Fact]
    public void TextOf_AnItemWithoutItsKey_IsAnInvalidAnswer()
    {
        using var item = JsonDocument.Parse("{}");

        Assert.Equal(RealtimeApiException.InvalidAnswer, Assert.Throws<RealtimeApiException>(() => ItemKey.TextOf(item.RootElement, ["id"])).Code);
    }
}
