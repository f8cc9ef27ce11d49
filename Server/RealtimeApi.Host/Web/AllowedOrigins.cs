using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using RealtimeApi.Contracts;

namespace RealtimeApi.Hosting.Web;

/// <summary>
/// Which other sites' pages may use this server: the setting <c>AllowedOrigins</c>, e.g. <c>https://shop.example;http://localhost:*</c>, where <c>*</c> stands for
/// any port, or alone for every site. Pages that this server sends itself always may.
/// </summary>
/// <remarks>CORS only keeps a page from reading the answer, and does not cover WebSockets at all, so what comes from another site's page is refused here.</remarks>
internal static partial class AllowedOrigins
{
    public const string Setting = "AllowedOrigins";

    public static void AddAllowedOrigins(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IConfiguration>(static (cors, configuration) =>
        {
            var patterns = Read(configuration);
            cors.AddDefaultPolicy(policy => policy
                .SetIsOriginAllowed(origin => Matches(patterns, origin))
                .AllowAnyHeader()
                .AllowAnyMethod()
                .WithExposedHeaders("ETag", "Link", "Location", "Realtime-Cursor", "Retry-After")
                .SetPreflightMaxAge(TimeSpan.FromHours(1)));
        }).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CorsOptions>, Validator>();
    }

    public static void UseAllowedOrigins(this WebApplication app)
    {
        app.UseCors();
        var patterns = Read(app.Configuration);
        app.Use((context, next) =>
        {
            var origin = context.Request.Headers.Origin.ToString();
            if (origin.Length == 0 || IsOwn(context.Request, origin) || Matches(patterns, origin))
                return next(context);
            return RefuseAsync(context, origin);
        });
    }

    private static Task RefuseAsync(HttpContext context, string origin)
    {
        var problem = new ProblemDetails
        {
            Type = ProblemDetails.TypePrefix + ProblemCodes.Forbidden,
            Title = "The caller may not do this",
            Status = StatusCodes.Status403Forbidden,
            Detail = $"Pages of {origin} may not use this server. Its setting {Setting} names the sites whose pages may.",
        };
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return context.Response.WriteAsJsonAsync(problem, Json.Default.ProblemDetails, "application/problem+json", context.RequestAborted);
    }

    internal static bool Matches(IReadOnlyList<string> patterns, string origin)
    {
        foreach (var pattern in patterns)
        {
            if (pattern == "*" || string.Equals(pattern, origin, StringComparison.OrdinalIgnoreCase))
                return true;
            if (pattern.EndsWith(":*", StringComparison.Ordinal)
                && Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(pattern[..^2], $"{uri.Scheme}://{uri.Host}", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string[] Read(IConfiguration configuration) =>
        (configuration[Setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsPattern(string pattern)
    {
        if (pattern is "*" or "null")
            return true;
        var origin = pattern.EndsWith(":*", StringComparison.Ordinal) ? pattern[..^2] : pattern;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    [JsonSerializable(typeof(ProblemDetails))]
    private sealed partial class Json : JsonSerializerContext;

    private sealed class Validator(IConfiguration configuration) : IValidateOptions<CorsOptions>
    {
        public ValidateOptionsResult Validate(string? name, CorsOptions options)
        {
            var mistakes = Read(configuration).Where(static pattern => !IsPattern(pattern)).ToArray();
            return mistakes.Length == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(mistakes.Select(static m => $"{Setting} has '{m}', which is no origin; write e.g. https://shop.example, http://localhost:* for any port, or *."));
        }
    }
}
