using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Writing;

/// <summary>Names every setting of <see cref="WritingOptions"/> that cannot work, and the fix.</summary>
internal sealed class WritingOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    // The whole body is held in memory, several times over while it is read.
    private const int Largest = 100 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options) => options.Writing.MaxBodyBytes is >= 1024 and <= Largest
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"RealtimeApi:Writing:MaxBodyBytes is {options.Writing.MaxBodyBytes}; give a number of bytes from 1024 to {Largest}, e.g. 1048576 for 1 MiB.");
}
