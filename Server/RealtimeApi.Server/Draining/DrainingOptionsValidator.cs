using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Draining;

/// <summary>Names every setting of <see cref="DrainingOptions"/> that cannot work, and the fix.</summary>
internal sealed class DrainingOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        Check(nameof(DrainingOptions.Delay), options.Draining.Delay);
        Check(nameof(DrainingOptions.Spread), options.Draining.Spread);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string setting, TimeSpan value)
        {
            if (value < TimeSpan.Zero || value > Longest)
                failures.Add($"{RealtimeApiOptions.SectionName}:{nameof(RealtimeApiOptions.Draining)}:{setting} is {value}; give a time from 00:00:00 to {Longest}, e.g. 00:00:05 for 5 seconds.");
        }
    }
}
