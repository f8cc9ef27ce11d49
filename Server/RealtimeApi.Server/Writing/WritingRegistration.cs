using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Writing;

internal static class WritingRegistration
{
    public static IServiceCollection AddWriting(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, WritingOptionsValidator>();
        services.AddSingleton<ResourceWrites>();
        services.AddSingleton<WriteEndpoints>();
        services.AddHostedService<AnswerTrim>();
        return services;
    }

    public static void MapWriting(this IEndpointRouteBuilder endpoints)
    {
        var writes = endpoints.ServiceProvider.GetRequiredService<WriteEndpoints>();
        endpoints.MapWrite(Routes.Resource, HttpMethods.Post, writes.Create);
        endpoints.MapWrite(Routes.Item, HttpMethods.Put, writes.Replace);
        endpoints.MapWrite(Routes.Item, HttpMethods.Patch, writes.Merge);
        endpoints.MapWrite(Routes.Item, HttpMethods.Delete, writes.Delete);
    }

    private static void MapWrite(this IEndpointRouteBuilder endpoints, string pattern, string method, RequestDelegate write) =>
        endpoints.MapGuarded(pattern, write).WithMetadata(new HttpMethodMetadata([method]));
}
