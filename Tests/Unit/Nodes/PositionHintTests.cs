using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Nodes;
using Xunit;

namespace RealtimeApi.Tests.Unit.Nodes;

public sealed class PositionHintTests
{
    [Theory, InlineData(0, 0), InlineData(42, 7), InlineData(long.MaxValue, long.MaxValue)]
    public void Hint_Written_ReadsBack(long major, long minor)
    {
        var position = new LogPosition(major, minor);
        Assert.True(PositionHint.TryRead(PositionHint.Write(position), out var read));
        Assert.Equal(position, read);
    }

    [Theory, InlineData(null), InlineData(""), InlineData("1"), InlineData("1."), InlineData(".1"), InlineData("-1.0"), InlineData("1.-1"), InlineData("1.1.1"), InlineData(" 1.1"), InlineData("9223372036854775808.0")]
    public void Hint_MadeUp_IsNone(string? text) => Assert.False(PositionHint.TryRead(text, out _));
}
