using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Rest;
using Xunit;

namespace RealtimeApi.Tests.Unit.Rest;

public sealed class ReadConditionsTests
{
    [Theory]
    [InlineData("\"a\"", "\"a\"", true)]
    [InlineData("W/\"a\"", "\"a\"", true)]
    [InlineData("\"a\"", "W/\"a\"", true)]
    [InlineData("\"b\", W/\"a\" ,\"c\"", "\"a\"", true)]
    [InlineData("*", "\"a\"", true)]
    [InlineData("\"b\"", "\"a\"", false)]
    [InlineData("\"b\", \"c\"", "W/\"a\"", false)]
    [InlineData("a", "\"a\"", false)]
    [InlineData("", "\"a\"", false)]
    [InlineData("\"a", "\"a\"", false)]
    public void Have_IfNoneMatch_ComparesWeakly(string header, string tag, bool expected) =>
        Assert.Equal(expected, Of("If-None-Match", header).Have(tag));

    [Fact]
    public void Have_SeveralHeaders_ReadsAll()
    {
        var headers = new HeaderDictionary { ["If-None-Match"] = new(["\"a\"", "\"b\""]) };
        Assert.True(ReadConditions.Of(headers).Have("\"b\""));
    }

    [Fact]
    public void Have_NoHeader_IsFalse() => Assert.False(ReadConditions.Of(new HeaderDictionary()).Have("\"a\""));

    [Theory]
    [InlineData("no-cache", true)]
    [InlineData("max-age=0, No-Cache", true)]
    [InlineData("max-age=0", false)]
    [InlineData("", false)]
    [InlineData("=,=", false)]
    public void NoCache_CacheControl_IsRead(string header, bool expected) => Assert.Equal(expected, Of("Cache-Control", header).NoCache);

    [Fact]
    public void Min_Cursor_IsParsed()
    {
        var cursor = new Cursor("log", new(new(7), 9), IsWrite: true);
        Assert.Equal(cursor, Of("Realtime-Min-Cursor", cursor.ToString()).Min);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    public void Min_NotACursor_IsRefused(string header)
    {
        var refusal = Assert.Throws<ProblemException>(() => Of("Realtime-Min-Cursor", header));
        Assert.Equal(ProblemCodes.InvalidCursor, refusal.Code);
    }

    [Fact]
    public void Min_GivenTwice_IsRefused()
    {
        var cursor = new Cursor("log", new(new(7), 9)).ToString();
        var refusal = Assert.Throws<ProblemException>(() => ReadConditions.Of(new HeaderDictionary { ["Realtime-Min-Cursor"] = new([cursor, cursor]) }));
        Assert.Equal(ProblemCodes.InvalidCursor, refusal.Code);
    }

    [Fact]
    public void RequireLog_OfAnotherDatabase_IsExpired()
    {
        var conditions = new ReadConditions(new Cursor("log", default), NoCache: false, default);
        conditions.RequireLog("log");
        Assert.Equal(ProblemCodes.CursorExpired, Assert.Throws<ProblemException>(() => conditions.RequireLog("other")).Code);
    }

    [Fact]
    public void AreAheadOf_ReadOlderThanTheMinimum_IsTrue()
    {
        var conditions = new ReadConditions(new Cursor("log", new(new(7), 9)), NoCache: false, default);
        Assert.False(conditions.AreAheadOf(new(new(7), 9)));
        Assert.False(conditions.AreAheadOf(new(new(8), 1)));
        Assert.True(conditions.AreAheadOf(new(new(6), 1)));
    }

    private static ReadConditions Of(string header, string value) => ReadConditions.Of(new HeaderDictionary { [header] = value });
}
