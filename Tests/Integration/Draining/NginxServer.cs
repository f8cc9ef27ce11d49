using System.Diagnostics;
using System.Globalization;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>A real nginx with the configuration that docs/deployment.md shows, but for the ports.</summary>
internal sealed class NginxServer : ILoadBalancer
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

    public static bool IsInstalled => Program is not null;

    public Uri Address { get; }

    /// <remarks>499 stands for a client that has gone.</remarks>
    public IReadOnlyList<string> Failures => [.. File.ReadAllLines(LogIn(folder)).Where(static line => line[0] is '4' or '5' && !line.StartsWith("499", StringComparison.Ordinal))];

    /// <summary>It is where only an administrator's path leads.</summary>
    private static string? Program { get; } = Array.Find(["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"], File.Exists);

    /// <summary>Starts it before two servers, and waits until it answers.</summary>
    public static async Task<NginxServer> StartAsync(int first, int second)
    {
        var folder = Directory.CreateTempSubdirectory("nginx").FullName;
        var port = LoopbackPort.Find();
        var shown = PrintedRecipe.Block("nginx", "upstream", first, second).Replace("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};"), StringComparison.Ordinal);
        var paths = string.Join(' ', ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(use => $"{use}_temp_path {folder}/{use};"));
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $"daemon off; worker_processes 1; pid {folder}/pid; events {{ }} http {{ log_format short '$status $request'; access_log {LogIn(folder)} short; {paths}\n{shown}\n}}\n");
        var start = new ProcessStartInfo(Program!, ["-c", file, "-p", folder, "-e", Path.Combine(folder, "error.log")]);
        var server = new NginxServer(folder, Process.Start(start)!, port);
        using var http = new HttpClient();
        try
        {
            await Until.TrueAsync(() => server.AnswersAsync(http));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>It goes on to the next server with each request that one refuses.</summary>
    public Task UntilGoneOverAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // Killed, its workers would stay.
        if (!process.HasExited)
            await Signal.SendAsync(process.Id, "-TERM");
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string LogIn(string folder) => Path.Combine(folder, "access.log");

    private async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "health/live"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!process.HasExited)
        {
            return false;
        }
    }
}
