using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>
/// Describes the resources as they are at this moment. The routes are the same for all of them (<c>/api/{resource}</c>), so the framework cannot see what stands
/// behind; this puts a set of paths into its document for each.
/// </summary>
internal sealed class ResourceDocument(CatalogSource catalogs) : IOpenApiDocumentTransformer
{
    /// <summary>The document's name among those of the host.</summary>
    public const string Name = "realtimeapi";

    /// <summary>No resource has a space in its name.</summary>
    private const string Service = "Service document";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var resources = ResourceNames.Of(catalogs.Current);
        document.Info = new()
        {
            Title = "RealtimeApi",
            Version = "1",
            Summary = "Tables as resources that can be read, watched and written.",
            Description = Guide.Write(resources),
        };
        document.Tags = new HashSet<OpenApiTag> { new() { Name = Service, Description = "What there is." } };
        document.Paths = [];
        var components = new ComponentSet(document);
        foreach (var (name, schema) in WireSchemas.Common(anyWatchable: resources.Any(names => names.Resource.Watchable)))
            components.AddSchema(name, schema);

        var operationIds = new HashSet<string>(StringComparer.Ordinal);
        DescribeService(document, components, operationIds);
        foreach (var names in resources)
        {
            document.Tags.Add(new() { Name = names.Resource.Name, Description = Describe(names.Resource) });
            foreach (var (name, schema) in components.Schemas.Of(names))
                components.AddSchema(name, schema);
            new ResourceOperations(document, components, names, operationIds).Describe();
        }

        return Task.CompletedTask;
    }

    private static void DescribeService(OpenApiDocument document, ComponentSet components, HashSet<string> operationIds)
    {
        var responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "The resources, and where the hub is.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = components.Schemas.Ref(WireSchemas.ServiceDocument) } },
            },
        };
        components.AddProblems(responses, ProblemCodes.InvalidCursor);
        var item = new OpenApiPathItem();
        item.AddOperation(HttpMethod.Get, new()
        {
            OperationId = ResourceNames.Take(operationIds, "getServiceDocument"),
            Tags = new HashSet<OpenApiTagReference> { new(Service, document) },
            Summary = "List the resources",
            Description = "The service document: which resources there are, what their keys are, and which can be watched and written.",
            Responses = responses,
        });
        document.Paths.Add(Routes.Api, item);
    }

    private static string Describe(ResourceDefinition resource)
    {
        var can = resource.Watchable ? resource.Writable ? "read, watched and written" : "read and watched" : resource.Writable ? "read and written" : "read";
        var key = string.Join(" and ", resource.Key.Select(column => $"`{column.Name}`"));
        return $"Can be {can}. Items are known by {key}.";
    }
}
