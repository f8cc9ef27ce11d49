using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A real Redis, or Garnet, which is empty whenever it is started.</summary>
public sealed class RedisServer : RedisProcess
{
    /// <summary>The reason to skip a test where neither is installed.</summary>
    public const string Missing = "Neither redis-server (Debian: apt-get install redis-server) nor garnet-server (a .NET tool: dotnet tool restore) is installed.";

    private static readonly string[] Programs = ["redis-server", "garnet-server"];

    /// <summary>What to run, and its first arguments; the first that is there.</summary>
    private static readonly Lazy<string[]?> Installed = new(() =>
        Programs.FirstOrDefault(CanRun) is { } program ? [program] : GarnetTool.Find() is { } tool ? ["dotnet", tool] : null);

    private readonly string? password;

    private RedisServer(string? password = null) => this.password = password;

    /// <summary>Whether one is there.</summary>
    public static bool IsInstalled => Installed.Value is not null;

    /// <summary>As <c>RealtimeApi:Redis</c> takes it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    protected override string ReadyWords => "Ready to accept connections";

    /// <summary>A server that does not run yet, but has its port.</summary>
    public static RedisServer Create() => new();

    /// <summary>Starts one.</summary>
    /// <param name="password">What a client must know. Default: none.</param>
    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        var server = new RedisServer(password);
        await server.RunAsync();
        return server;
    }

    protected override ProcessStartInfo Describe()
    {
        string[] own = Installed.Value![0] == Programs[0]
            ? ["--save", "", "--appendonly", "no", "--repl-diskless-load", "swapdb", "--repl-diskless-sync-delay", "0", .. password is null ? (string[])[] : ["--requirepass", password]]
            : password is null ? [] : ["--auth", "Password", "--password", password];
        return new(Installed.Value[0], [.. Installed.Value[1..], "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", .. own]);
    }

    internal static bool CanRun(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
