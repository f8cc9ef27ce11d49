using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>A real nginx with the configuration that docs/deployment.md shows, but for the ports.</summary>
internal sealed partial class NginxServer : IAsyncDisposable
{
    /// <summary>The reason to skip a test where it is not installed.</summary>
    public const string Missing = "nginx is not installed (Debian: apt-get install nginx-light).";

    private readonly string folder;
    private readonly Process process;

    private NginxServer(string folder, Process process, int port)
    {
        this.folder = folder;
        this.process = process;
        Address = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    /// <summary>Whether it is there. Where everything has to be (<c>REALTIMEAPI_REQUIRE_ALL</c>), its absence is an error.</summary>
    public static bool IsInstalled =>
        Program is not null
        || (Environment.GetEnvironmentVariable("REALTIMEAPI_REQUIRE_ALL") is { Length: > 0 } ? throw new InvalidOperationException($"REALTIMEAPI_REQUIRE_ALL is set. {Missing}") : false);

    public Uri Address { get; }

    /// <summary>It is where only an administrator's path leads.</summary>
    private static string? Program { get; } = Array.Find(["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"], File.Exists);

    /// <summary>Starts it before two servers, and waits until it answers.</summary>
    public static async Task<NginxServer> StartAsync(int first, int second)
    {
        var folder = Directory.CreateTempSubdirectory("nginx").FullName;
        var port = LoopbackPort.Find();
        var shown = Shown()
            .Replace("5081", first.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("5082", second.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};"), StringComparison.Ordinal);
        var paths = string.Join(' ', ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(use => $"{use}_temp_path {folder}/{use};"));
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $"daemon off; worker_processes 1; pid {folder}/pid; events {{ }} http {{ access_log off; {paths}\n{shown}\n}}\n");
        var start = new ProcessStartInfo(Program!, ["-c", file, "-p", folder, "-e", Path.Combine(folder, "error.log")]);
        var server = new NginxServer(folder, Process.Start(start)!, port);
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        try
        {
            while (!await server.AnswersAsync(http, patience.Token))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Killed, its workers would stay.
        if (!process.HasExited)
            await Signal.SendAsync(process.Id, "-TERM");
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "health/live"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!process.HasExited)
        {
            return false;
        }
    }

    private static string Shown([CallerFilePath] string thisFile = "")
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "deployment.md"));
        return NginxBlock().Match(page).Groups[1].Value;
    }

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex NginxBlock();
}
