using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Nodes;

/// <summary>Says what is wrong with <see cref="RealtimeApiOptions.Redis"/>, and the fix.</summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options) =>
        string.IsNullOrWhiteSpace(options.Redis) || RedisText.TryRead(options.Redis, out _, out var mistake)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{RealtimeApiOptions.SectionName}:{nameof(RealtimeApiOptions.Redis)} {mistake}");
}
