using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using Xunit;

namespace RealtimeApi.Tests.Unit.Draining;

public sealed class DrainingRegistrationTests
{
    /// <summary>Those who do not go, and connections that are slow to end, would otherwise use up what requests under way are to have.</summary>
    [Theory]
    [InlineData(0, 0, 5, 15)]
    [InlineData(6, 20, 5, 41)]
    [InlineData(6, 20, 30, 66)]
    public void ShutdownTimeout_OfTheHost_IsLeftWhenTheDrainHasTakenAllItsTime(int delay, int spread, int host, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ShutdownTimeout(delay, spread, TimeSpan.FromSeconds(host)));

    [Fact]
    public void ShutdownTimeout_OfAHostThatWaitsForEver_StaysSo() => Assert.Equal(Timeout.InfiniteTimeSpan, ShutdownTimeout(6, 20, Timeout.InfiniteTimeSpan));

    private static TimeSpan ShutdownTimeout(int delay, int spread, TimeSpan host)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.Configure<HostOptions>(options => options.ShutdownTimeout = host);
        services.AddRealtimeApi(options =>
        {
            options.Database.ConnectionString = "Data Source=shop.db";
            options.Resources.All = true;
            options.Draining.Delay = TimeSpan.FromSeconds(delay);
            options.Draining.Spread = TimeSpan.FromSeconds(spread);
        });
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }
}
