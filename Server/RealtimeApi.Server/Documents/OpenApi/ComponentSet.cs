using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Documents.Schemas;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>What several operations share: written once among the document's components, when it is first used, and referred to from there on.</summary>
internal sealed class ComponentSet(OpenApiDocument document)
{
    private readonly OpenApiComponents components = document.Components ??= new();

    public WireSchemas Schemas { get; } = new(document);

    public void AddSchema(string name, IOpenApiSchema schema) => (components.Schemas ??= new Dictionary<string, IOpenApiSchema>())[name] = schema;

    public IOpenApiParameter Parameter(string name, Func<OpenApiParameter> make)
    {
        components.Parameters ??= new Dictionary<string, IOpenApiParameter>();
        if (!components.Parameters.ContainsKey(name))
            components.Parameters.Add(name, make());
        return new OpenApiParameterReference(name, document);
    }

    public IOpenApiHeader Header(string name, string description)
    {
        components.Headers ??= new Dictionary<string, IOpenApiHeader>();
        if (!components.Headers.ContainsKey(name))
            components.Headers.Add(name, new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        return new OpenApiHeaderReference(name, document);
    }

    public IOpenApiResponse Response(string name, Func<OpenApiResponse> make)
    {
        components.Responses ??= new Dictionary<string, IOpenApiResponse>();
        if (!components.Responses.ContainsKey(name))
            components.Responses.Add(name, make());
        return new OpenApiResponseReference(name, document);
    }

    /// <summary>Adds the refusals of an operation: one response for each status, and one for every other.</summary>
    public void AddProblems(OpenApiResponses responses, params IEnumerable<string> codes)
    {
        foreach (var status in codes.Distinct().Select(ProblemKind.Of).GroupBy(kind => kind.Status).OrderBy(group => group.Key))
        {
            var kinds = status.ToList();
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(string.Join('.', kinds.Select(kind => kind.Code)), () => Problem(kinds));
        }

        responses["default"] = Response("refused", () => new()
        {
            Description = "Any other refusal, for instance of a caller whom the host does not know (401) or who may not do this (403), and a failure of the server (500, `about:blank`).",
            Content = ProblemContent(Schemas.Ref(WireSchemas.Problem)),
        });
    }

    private OpenApiResponse Problem(List<ProblemKind> kinds)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join("\n\n", kinds.Select(kind => $"`{kind.Code}`: {kind.Title}. {kind.Remedy}")),
            Content = ProblemContent(new OpenApiSchema
            {
                AllOf =
                [
                    Schemas.Ref(WireSchemas.Problem),
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["type"] = WireSchemas.OneOf(null, [.. kinds.Select(kind => ProblemDetails.TypePrefix + kind.Code)]),
                        },
                    },
                ],
            }),
        };
        response.Content![ProblemEdge.ContentType].Examples = kinds.ToDictionary(kind => kind.Code, kind => (IOpenApiExample)new OpenApiExample
        {
            Summary = kind.Title,
            Value = new JsonObject
            {
                ["type"] = ProblemDetails.TypePrefix + kind.Code,
                ["title"] = kind.Title,
                ["status"] = kind.Status,
                ["detail"] = kind.Remedy,
            },
        });
        if (kinds[0].Status is 429 or 503)
            response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Retry-After", "Seconds after which a repeat may succeed.") };
        return response;
    }

    private static Dictionary<string, OpenApiMediaType> ProblemContent(IOpenApiSchema schema) => new() { [ProblemEdge.ContentType] = new() { Schema = schema } };
}
