using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client;

public sealed class RealtimeApiClientOptionsTests
{
    private static readonly RealtimeApiClientOptions Options = new(new Uri("http://localhost:5080"));

    public static TheoryData<string, Func<TimeSpan, RealtimeApiClientOptions>> Times { get; } = new()
    {
        { nameof(Options.MaxReconnectDelay), static time => Options with { MaxReconnectDelay = time } },
        { nameof(Options.ConnectTimeout), static time => Options with { ConnectTimeout = time } },
        { nameof(Options.TransportRetryInterval), static time => Options with { TransportRetryInterval = time } },
        { nameof(Options.PollInterval), static time => Options with { PollInterval = time } },
        { nameof(Options.KeepAliveTimeout), static time => Options with { KeepAliveTimeout = time } },
    };

    /// <summary>A client would ask without a pause, or never.</summary>
    [Theory, MemberData(nameof(Times), DisableDiscoveryEnumeration = true)]
    public async Task Time_ThatIsNoneOrTooLong_IsRefusedByItsName(string name, Func<TimeSpan, RealtimeApiClientOptions> with)
    {
        foreach (var time in (TimeSpan[])[TimeSpan.Zero, Timeout.InfiniteTimeSpan, TimeSpan.FromDays(2), TimeSpan.MaxValue])
            Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(() => new RealtimeApiClient(with(time))).Message, StringComparison.Ordinal);
        await new RealtimeApiClient(with(TimeSpan.FromTicks(1))).DisposeAsync();
        await new RealtimeApiClient(with(TimeSpan.FromDays(1))).DisposeAsync();
    }

    [Fact]
    public async Task IdleTimeout_MayBeZeroOrInfinite()
    {
        await new RealtimeApiClient(Options with { IdleTimeout = TimeSpan.Zero }).DisposeAsync();
        await new RealtimeApiClient(Options with { IdleTimeout = Timeout.InfiniteTimeSpan }).DisposeAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => new RealtimeApiClient(Options with { IdleTimeout = TimeSpan.FromTicks(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RealtimeApiClient(Options with { IdleTimeout = TimeSpan.FromDays(2) }));
    }
}
