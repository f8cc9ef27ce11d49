using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Rest;

/// <summary>Names every setting of <see cref="RestOptions"/> that cannot work, and the fix.</summary>
internal sealed class RestOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    private const int FewestPageBytes = 64 * 1024;

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        var rest = options.Rest;
        if (rest.CacheBytes < 0)
            failures.Add($"RealtimeApi:Rest:CacheBytes is {rest.CacheBytes}; give the bytes that cached answers may take, or 0 for none.");
        if (rest.MaxPageBytes < FewestPageBytes)
            failures.Add($"RealtimeApi:Rest:MaxPageBytes is {rest.MaxPageBytes}; give at least {FewestPageBytes}, e.g. 4194304 for 4 MiB.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
