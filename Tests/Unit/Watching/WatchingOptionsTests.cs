using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

public sealed class WatchingOptionsTests
{
    [Fact]
    public void Validators_OfTheDefaults_AreContent()
    {
        var options = new RealtimeApiOptions();

        Assert.True(new WatchingOptionsValidator().Validate(null, options).Succeeded);
        Assert.True(new FeedOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void Validators_OfManyMistakes_NameEachSetting()
    {
        var options = new RealtimeApiOptions();
        options.Feed.Retention = TimeSpan.Zero;
        options.Feed.TrimInterval = TimeSpan.FromMilliseconds(1);
        options.Feed.WindowBytes = 0;
        options.Feed.PollInterval = TimeSpan.FromHours(1);
        options.Watching.BookmarkInterval = TimeSpan.Zero;
        options.Watching.MaxWatchesPerConnection = 0;
        options.Watching.MaxConnections = 0;
        options.Watching.MaxConnectionsPerCaller = 0;
        options.Watching.MaxCost = 3;
        options.Watching.MaxCostPerCaller = 3;
        options.Watching.SendTimeout = TimeSpan.Zero;

        string[] failures = [.. new FeedOptionsValidator().Validate(null, options).Failures!, .. new WatchingOptionsValidator().Validate(null, options).Failures!];

        foreach (var setting in new[] { "Feed:Retention", "Feed:TrimInterval", "Feed:WindowBytes", "Feed:PollInterval", "Watching:BookmarkInterval", "Watching:MaxWatchesPerConnection", "Watching:SendTimeout", "Watching:MaxConnections", "Watching:MaxConnectionsPerCaller", "Watching:MaxCost", "Watching:MaxCostPerCaller" })
            Assert.Contains(failures, failure => failure.StartsWith($"RealtimeApi:{setting} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Validators_OfTimesThatNoClockCanCount_NameTheSettings()
    {
        var options = new RealtimeApiOptions { Feed = { Retention = TimeSpan.MaxValue }, Watching = { SendTimeout = TimeSpan.MaxValue } };

        Assert.Contains("Feed:Retention", Assert.Single(new FeedOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
        Assert.Contains("Watching:SendTimeout", Assert.Single(new WatchingOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Validator_OfBookmarksRarerThanTheRetention_NamesBothSettings()
    {
        var options = new RealtimeApiOptions();
        options.Feed.Retention = TimeSpan.FromMinutes(1);
        options.Watching.BookmarkInterval = TimeSpan.FromMinutes(2);

        var failure = Assert.Single(new WatchingOptionsValidator().Validate(null, options).Failures!);

        Assert.Contains("Feed:Retention", failure, StringComparison.Ordinal);
    }
}
