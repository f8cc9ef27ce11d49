using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Live;

public sealed class KeyOrderTests
{
    /// <summary>In order.</summary>
    private static readonly string[] Keys =
    [
        "-10", "-2", "0", "1", "1.0", "2", "2,1", "2,9", "2,10", "2,", "2,a", "10", "9223372036854775808",
        "", "100000000000000000000000000000", "99999999999999999999999999999", "A", "B", "a", "b,1", "b,2",
    ];

    [Fact]
    public void Keys_OfAllKinds_AreInOneTotalOrder()
    {
        for (var i = 0; i < Keys.Length; i++)
            for (var j = 0; j < Keys.Length; j++)
                Assert.True(Math.Sign(KeyOrder.Instance.Compare(Keys[i], Keys[j])) == i.CompareTo(j), $"'{Keys[i]}' and '{Keys[j]}'");
    }
}
