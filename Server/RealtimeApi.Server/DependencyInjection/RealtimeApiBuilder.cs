using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.DependencyInjection;

internal sealed class RealtimeApiBuilder(IServiceCollection services) : IRealtimeApiBuilder
{
    public IServiceCollection Services { get; } = services;

    public IRealtimeApiBuilder AddResource(string name, Action<ResourceBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure<RealtimeApiOptions>(options =>
        {
            if (!options.Resources.TryGetValue(name, out var resource))
                options.Resources[name] = resource = new();
            configure(new ResourceBuilder(resource));
        });
        return this;
    }
}
