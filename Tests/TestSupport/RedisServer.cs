using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A real Redis, or Garnet, as a process of its own on a loopback port that stays the same when it is started again.</summary>
/// <remarks>Disposing kills it.</remarks>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The reason to skip a test where neither is installed.</summary>
    public const string Missing = "Neither redis-server (Debian: apt-get install redis-server) nor garnet-server (a .NET tool: dotnet tool restore) is installed.";

    private static readonly string[] Programs = ["redis-server", "garnet-server"];

    /// <summary>What to run, and its first arguments; the first that is there.</summary>
    private static readonly Lazy<string[]?> Installed = new(() =>
        Programs.FirstOrDefault(CanRun) is { } program ? [program] : GarnetTool.Find() is { } tool ? ["dotnet", tool] : null);

    private Process? process;

    private readonly string? password;

    private RedisServer(string? password = null)
    {
        this.password = password;
        Port = LoopbackPort.Find();
    }

    /// <summary>Whether one is there.</summary>
    public static bool IsInstalled => Installed.Value is not null;

    public int Port { get; }

    /// <summary>As <c>RealtimeApi:Redis</c> takes it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

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

    /// <summary>Starts it, or starts it again, empty.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo(Installed.Value![0], Installed.Value[1..]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        string[] own = Installed.Value[0] == Programs[0]
            ? ["--save", "", "--appendonly", "no", "--repl-diskless-load", "swapdb", "--repl-diskless-sync-delay", "0", .. password is null ? (string[])[] : ["--requirepass", password]]
            : password is null ? [] : ["--auth", "Password", "--password", password];
        foreach (var argument in (string[])["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", .. own])
            start.ArgumentList.Add(argument);

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.OrdinalIgnoreCase) == true)
                ready.TrySetResult();
        };
        process.Start();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(Until.Patience);
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        process.Dispose();
        process = null;
    }

    /// <summary>Stops it in the middle of what it is doing: its connections stay open, and nothing is answered.</summary>
    public Task PauseAsync() => Signal.SendAsync(process!.Id, "-STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => Signal.SendAsync(process!.Id, "-CONT");

    /// <summary>Sends one command.</summary>
    /// <param name="words">The command and its arguments.</param>
    /// <returns>The first line of the answer.</returns>
    public Task<string?> CommandAsync(params string[] words) => RedisConversation.SendAsync(Port, words);

    public async ValueTask DisposeAsync() => await KillAsync();

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
