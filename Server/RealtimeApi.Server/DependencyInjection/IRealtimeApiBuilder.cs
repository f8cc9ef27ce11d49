using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Adds resources in code to what <see cref="RealtimeApiServiceCollectionExtensions.AddRealtimeApi"/> registered.</summary>
public interface IRealtimeApiBuilder
{
    /// <summary>The services being built.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds a resource, or refines the one of this name.</summary>
    /// <param name="name">The resource's name on the wire.</param>
    /// <param name="configure">Sets its table and options.</param>
    IRealtimeApiBuilder AddResource(string name, Action<ResourceBuilder> configure);
}
