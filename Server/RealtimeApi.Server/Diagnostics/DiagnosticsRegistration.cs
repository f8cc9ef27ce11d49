using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RealtimeApi.Server.Diagnostics;

internal static class DiagnosticsRegistration
{
    /// <summary>Marks the checks that <c>/health/ready</c> asks.</summary>
    public const string ReadyTag = "realtimeapi-ready";

    /// <summary>Begins the name of each of the product's checks, of which a host may have no two alike; answers leave it out.</summary>
    public const string NamePrefix = "realtimeapi-";

    public static IServiceCollection AddDiagnostics(this IServiceCollection services)
    {
        services.AddSingleton<ProblemEdge>();
        services.AddHealthChecks().AddCheck<FeedHealthCheck>(NamePrefix + "database", tags: [ReadyTag]);
        return services;
    }

    /// <summary>Maps <c>/health/live</c> (the process answers) and <c>/health/ready</c> (so does the database, and the feed is current).</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new() { Predicate = static _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new() { Predicate = static check => check.Tags.Contains(ReadyTag), ResponseWriter = WriteAsync });
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", report.Status.ToString());
        foreach (var (name, entry) in report.Entries)
        {
            writer.WriteStartObject(name.StartsWith(NamePrefix, StringComparison.Ordinal) ? name[NamePrefix.Length..] : name);
            writer.WriteString("status", entry.Status.ToString());
            writer.WriteString("description", entry.Description);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
