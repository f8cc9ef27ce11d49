using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Draining;

internal static class DrainingRegistration
{
    public static IServiceCollection AddDraining(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, DrainingOptionsValidator>();
        services.AddMetrics();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<ListenSockets>();
        services.AddSingleton<IPostConfigureOptions<SocketTransportOptions>>(static provider => provider.GetRequiredService<ListenSockets>());
        services.AddSingleton<LastRequests>();
        services.AddSingleton<Drain>();
        services.AddSingleton<IStartupFilter, LastAnswers>();
        services.AddHostedService<DrainService>();
        services.AddHealthChecks().AddCheck<DrainHealthCheck>(DiagnosticsRegistration.NamePrefix + "draining", tags: [DiagnosticsRegistration.ReadyTag]);
        services.AddOptions<HostOptions>().PostConfigure<IServiceProvider>(AllowTime);
        return services;
    }

    /// <summary>The host's time for stopping begins with the drain and is meant for what comes after it, so what a drain takes at the most is added.</summary>
    private static void AllowTime(HostOptions host, IServiceProvider provider)
    {
        try
        {
            var draining = provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Draining;
            if (host.ShutdownTimeout != Timeout.InfiniteTimeSpan)
                host.ShutdownTimeout += draining.Delay + draining.Spread + Drain.Patience + LastRequests.Patience;
        }
        catch (OptionsValidationException)
        {
            // The start reports every mistake at once.
        }
    }
}
