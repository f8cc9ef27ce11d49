using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Documents.AsyncApi;
using RealtimeApi.Server.Documents.OpenApi;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;

namespace RealtimeApi.Server.Documents;

internal static class DocumentsRegistration
{
    public const string OpenApiPath = "/openapi/v1.json";
    public const string AsyncApiPath = "/asyncapi/v1.json";

    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<ResourceDocument>();
        services.AddOpenApi(ResourceDocument.Name, static options =>
        {
            // Nothing of the host's own: it may have documents for that.
            options.ShouldInclude = static _ => false;
            options.AddDocumentTransformer<ResourceDocument>();
        });
        return services;
    }

    public static void MapDocuments(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var catalogs = services.GetRequiredService<CatalogSource>();
        var openApi = new OpenApiWriter(services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ResourceDocument.Name));
        endpoints.MapDocument(OpenApiPath, new(catalogs, openApi.WriteAsync));
        endpoints.MapDocument(AsyncApiPath, new(catalogs, (address, _) => Task.FromResult(AsyncApiDocument.Write(catalogs.Current, address))));
        endpoints.MapReference();
    }

    private static void MapDocument(this IEndpointRouteBuilder endpoints, string path, DocumentSource source) => endpoints.MapGuarded(path, async context =>
    {
        var document = await source.GetAsync(ServerAddress.Of(context.Request, path), context.RequestAborted);
        await AnswerWriter.WriteAsync(context, document.Tag, document.Body, ReadConditions.Of(context.Request.Headers));
    }).WithMetadata(new HttpMethodMetadata(Reads));
}
