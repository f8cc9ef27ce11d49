using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>The product or what it is measured against.</summary>
internal interface IBenchmarkServer : IAsyncDisposable
{
    void AddServices(IServiceCollection services);

    void Map(WebApplication app);

    /// <summary>Makes one change and delivers it, or causes it to be delivered, to every watcher.</summary>
    Task PublishAsync(int publisher, int i);
}
