using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Feed;

/// <summary>Names every setting of <see cref="FeedOptions"/> that cannot work, and the fix.</summary>
internal sealed class FeedOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    private const int SmallestWindow = 64 * 1024;

    // Further back than a calendar goes, nothing could be trimmed.
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36525);

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        var feed = options.Feed;
        if (feed.Retention < TimeSpan.FromMinutes(1) || feed.Retention > LongestRetention)
            failures.Add($"RealtimeApi:Feed:Retention is {feed.Retention}; give a time from 00:01:00 (one minute) to {LongestRetention} (a hundred years), e.g. 3.00:00:00 for three days.");
        if (feed.TrimInterval < TimeSpan.FromSeconds(1) || feed.TrimInterval > TimeSpan.FromDays(1))
            failures.Add($"RealtimeApi:Feed:TrimInterval is {feed.TrimInterval}; give a time from 00:00:01 to 1.00:00:00, e.g. 00:10:00 for ten minutes, or leave it out.");
        if (feed.WindowBytes < SmallestWindow)
            failures.Add($"RealtimeApi:Feed:WindowBytes is {feed.WindowBytes}; give at least {SmallestWindow} bytes.");
        if (feed.PollInterval < TimeSpan.FromMilliseconds(10) || feed.PollInterval > TimeSpan.FromMinutes(1))
            failures.Add($"RealtimeApi:Feed:PollInterval is {feed.PollInterval}; give a time from 00:00:00.010 to 00:01:00, e.g. 00:00:01 for one second.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
