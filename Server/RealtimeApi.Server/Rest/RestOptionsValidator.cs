using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Rest;

internal sealed class RestOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options) => options.Rest.CacheBytes >= 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"RealtimeApi:Rest:CacheBytes is {options.Rest.CacheBytes}; give the bytes that cached answers may take, or 0 for none.");
}
