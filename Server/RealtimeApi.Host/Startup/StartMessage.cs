using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using RealtimeApi.Hosting.Demo;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Hosting.Startup;

/// <summary>What a started server prints: where to look, and what it serves.</summary>
internal static class StartMessage
{
    public static async Task WriteAsync(WebApplication app, string? shop, TextWriter output)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var demo = app.Services.GetRequiredService<IOptions<DemoOptions>>().Value;
        await output.WriteLineAsync(Compose([.. addresses], shop, FileOf(app), demo.Activity, app.Configuration["AllowedHosts"]));
    }

    private static string Compose(string[] addresses, string? shop, string? file, bool activity, string? allowedHosts)
    {
        var text = new StringBuilder("RealtimeApi is running.").AppendLine();
        foreach (var address in addresses)
        {
            var url = Reachable(address);
            text.AppendLine()
                .Append("  Live page   ").Append(url).AppendLine("/")
                .Append("  Reference   ").Append(url).AppendLine("/docs")
                .Append("  Resources   ").Append(url).AppendLine("/api")
                .Append("  Hub         ").Append(url).AppendLine("/hubs/resources");
        }

        text.AppendLine();
        if (allowedHosts is { Length: > 0 } and not "*" && addresses.Any(address => Reachable(address) != address))
            text.Append("  Host names  only requests for ").Append(allowedHosts).AppendLine(" are answered; the setting AllowedHosts names others");
        if (shop is not null)
            text.Append("  Demo shop   ").AppendLine(Path.GetFullPath(shop))
                .Append("              ").AppendLine(activity ? "random orders come in (--activity)" : "start with --activity to see orders come in; --database <file> serves yours");
        else if (file is not null)
            text.Append("  Database    ").AppendLine(file);
        return text.Append("  Ctrl+C stops.").ToString();
    }

    private static string? FileOf(WebApplication app) =>
        app.Services.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Database is { ConnectionString: { } text } database
        && string.Equals(database.Provider, "Sqlite", StringComparison.OrdinalIgnoreCase)
            ? Path.GetFullPath(new SqliteConnectionStringBuilder(text).DataSource)
            : null;

    /// <summary>An address that a browser can open, for one that stands for every interface.</summary>
    private static string Reachable(string address) => address
        .Replace("://[::]", "://localhost", StringComparison.Ordinal)
        .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://+", "://localhost", StringComparison.Ordinal)
        .Replace("://*", "://localhost", StringComparison.Ordinal);
}
