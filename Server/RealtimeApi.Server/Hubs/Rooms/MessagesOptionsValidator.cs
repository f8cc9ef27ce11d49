using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Hubs;

/// <summary>Names every setting of <see cref="MessagesOptions"/> that cannot work, and the fix.</summary>
internal sealed class MessagesOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    /// <summary>What the hub takes from a client at once leaves room for the rest of the call.</summary>
    private const int LargestMaxBytes = 24 * 1024;

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        var messages = options.Messages;
        if (messages.MaxBytes is < 1 or > LargestMaxBytes)
            failures.Add($"RealtimeApi:Messages:MaxBytes is {messages.MaxBytes}; give a number from 1 to {LargestMaxBytes}.");
        if (messages.PerSecond is < 1 or > 10_000)
            failures.Add($"RealtimeApi:Messages:PerSecond is {messages.PerSecond}; give a number from 1 to 10000.");
        if (messages.Burst < messages.PerSecond || messages.Burst > 100_000)
            failures.Add($"RealtimeApi:Messages:Burst is {messages.Burst}; give a number from PerSecond, {messages.PerSecond}, to 100000.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
