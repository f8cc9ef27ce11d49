using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Rooms;

public sealed class MessagesOptionsTests
{
    [Fact]
    public void Validator_OfTheDefaults_IsContent() => Assert.True(new MessagesOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validator_OfManyMistakes_NamesEachSetting()
    {
        var options = new RealtimeApiOptions { Messages = { MaxBytes = 0, PerSecond = 0, Burst = -1 } };

        var failures = new MessagesOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(["RealtimeApi:Messages:MaxBytes", "RealtimeApi:Messages:PerSecond", "RealtimeApi:Messages:Burst"], failures.Select(f => f[..f.IndexOf(' ', StringComparison.Ordinal)]));
    }
}
