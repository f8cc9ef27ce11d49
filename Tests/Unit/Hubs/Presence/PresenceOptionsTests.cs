using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

public sealed class PresenceOptionsTests
{
    [Fact]
    public void Validator_OfTheDefaults_IsContent() => Assert.True(new PresenceOptionsValidator().Validate(null, new()).Succeeded);

    [Theory, InlineData(0), InlineData(61)]
    public void Validator_OfAHeartbeatThatCannotWork_NamesTheSetting(int seconds)
    {
        var options = new RealtimeApiOptions { Presence = { Heartbeat = TimeSpan.FromSeconds(seconds) } };

        Assert.StartsWith("RealtimeApi:Presence:Heartbeat ", Assert.Single(new PresenceOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
    }
}
