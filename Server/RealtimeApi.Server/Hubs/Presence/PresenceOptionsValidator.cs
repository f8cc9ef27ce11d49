using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Hubs;

/// <summary>Names every setting of <see cref="PresenceOptions"/> that cannot work, and the fix.</summary>
internal sealed class PresenceOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        var heartbeat = options.Presence.Heartbeat;
        return heartbeat < TimeSpan.FromSeconds(1) || heartbeat > TimeSpan.FromMinutes(1)
            ? ValidateOptionsResult.Fail($"RealtimeApi:Presence:Heartbeat is {heartbeat}; give a time from 00:00:01 to 00:01:00, e.g. 00:00:05 for 5 seconds.")
            : ValidateOptionsResult.Success;
    }
}
