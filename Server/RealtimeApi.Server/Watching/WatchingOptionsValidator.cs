using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Watching;

/// <summary>Names every setting of <see cref="WatchingOptions"/> that cannot work, and the fix.</summary>
internal sealed class WatchingOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        var watching = options.Watching;
        if (watching.BookmarkInterval < TimeSpan.FromSeconds(1) || watching.BookmarkInterval > TimeSpan.FromDays(1))
            failures.Add($"RealtimeApi:Watching:BookmarkInterval is {watching.BookmarkInterval}; give a time from 00:00:01 to 1.00:00:00, e.g. 00:00:30 for 30 seconds.");
        if (watching.BookmarkInterval >= options.Feed.Retention)
            failures.Add("RealtimeApi:Watching:BookmarkInterval is not shorter than RealtimeApi:Feed:Retention; shorten it, or idle watches expire.");
        RequireOne(nameof(watching.MaxWatchesPerConnection), watching.MaxWatchesPerConnection);
        RequireOne(nameof(watching.MaxConnections), watching.MaxConnections);
        RequireOne(nameof(watching.MaxConnectionsPerCaller), watching.MaxConnectionsPerCaller);
        RequireWholeView(nameof(watching.MaxCost), watching.MaxCost);
        RequireWholeView(nameof(watching.MaxCostPerCaller), watching.MaxCostPerCaller);
        if (watching.SendTimeout < TimeSpan.FromSeconds(1) || watching.SendTimeout > TimeSpan.FromHours(1))
            failures.Add($"RealtimeApi:Watching:SendTimeout is {watching.SendTimeout}; give a time from 00:00:01 to 01:00:00, e.g. 00:00:15 for 15 seconds.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void RequireOne(string setting, int value)
        {
            if (value < 1)
                failures.Add($"RealtimeApi:Watching:{setting} is {value}; give at least 1.");
        }

        void RequireWholeView(string setting, int value)
        {
            if (value < WatchView.LeastCost)
                failures.Add($"RealtimeApi:Watching:{setting} is {value}; give at least {WatchView.LeastCost}, the cost of watching a whole resource.");
        }
    }
}
