using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>Holds JSON against the schemas of a document that the server wrote, by a validator that was not written here.</summary>
internal static class SchemaCheck
{
    private static readonly EvaluationOptions options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>Fails where the value is not what the schema says.</summary>
    /// <param name="document">The document, whose components the schema may refer to.</param>
    /// <param name="schema">The schema, or a reference to one.</param>
    /// <param name="value">What was received.</param>
    public static void Fits(JsonNode document, JsonNode schema, JsonElement value)
    {
        // AsyncAPI's schemas are of draft 7, those of OpenAPI 3.1 of 2020-12.
        var isAsyncApi = document["asyncapi"] is not null;
        var definitions = isAsyncApi ? "definitions" : "$defs";
        var whole = new JsonObject
        {
            ["$schema"] = isAsyncApi ? "http://json-schema.org/draft-07/schema#" : "https://json-schema.org/draft/2020-12/schema",
            [definitions] = document["components"]!["schemas"]!.DeepClone(),
            ["allOf"] = new JsonArray(schema.DeepClone()),
        };
        var text = whole.ToJsonString().Replace("#/components/schemas/", $"#/{definitions}/", StringComparison.Ordinal);
        var result = JsonSchema.FromText(text).Evaluate(value, options);
        var errors = result.Details?.Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"));
        Assert.True(result.IsValid, $"{value} does not fit {schema}: {string.Join("; ", errors ?? [])}");
    }
}
