using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Live;

public sealed class LiveViewOptionsTests
{
    private static readonly string[] Words = ["bb", "a", "ccc", "aa", "b"];

    [Fact]
    public void Orders_OneAfterTheOther_BreakTies()
    {
        var comparer = new LiveViewOptions<string>().OrderByDescending(s => s.Length).OrderBy(s => s, StringComparer.Ordinal).Comparer!;

        Assert.Equal(["ccc", "aa", "bb", "a", "b"], Words.Order(comparer));
    }
}
