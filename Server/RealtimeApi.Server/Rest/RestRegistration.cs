using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Rest;

internal static class RestRegistration
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddRest(this IServiceCollection services)
    {
        services.AddMvcCore().ConfigureApplicationPartManager(static parts => parts.FeatureProviders.Add(new ControllerActions.Feature()));
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, RestOptionsValidator>();
        services.AddSingleton<ControllerActions>();
        services.AddSingleton<IActionDescriptorProvider>(static provider => provider.GetRequiredService<ControllerActions>());
        services.AddSingleton<ReadCache>();
        services.AddSingleton<ResourceReads>();
        services.AddSingleton<ServiceDocumentSource>();
        services.AddSingleton<SchemaGuard>();
        services.AddSingleton<OtherRoutes>();
        return services;
    }

    public static void MapRest(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var actions = services.GetRequiredService<ControllerActions>();
        var schema = services.GetRequiredService<SchemaGuard>();
        var others = services.GetRequiredService<OtherRoutes>();

        endpoints.MapRead(Routes.Api, actions.Invoke(nameof(ResourcesController.DescribeAsync)));
        endpoints.MapRead(Routes.Resource, schema.Guard(actions.Invoke(nameof(ResourcesController.ListAsync))));
        endpoints.MapRead(Routes.Item, schema.Guard(actions.Invoke(nameof(ResourcesController.GetAsync))));
        foreach (var path in (string[])[Routes.Api, Routes.Resource, Routes.Item])
            endpoints.MapGuarded(path, others.RefuseMethod);
        endpoints.MapGuarded(Routes.Api + "/{**rest}", others.RefusePath);
        endpoints.MapProblemPages();
    }

    private static void MapRead(this IEndpointRouteBuilder endpoints, string pattern, RequestDelegate read) =>
        endpoints.MapGuarded(pattern, read).WithMetadata(new HttpMethodMetadata(Reads));
}
