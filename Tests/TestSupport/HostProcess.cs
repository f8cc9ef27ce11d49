using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The real host as a process of its own, at a free port of this machine.</summary>
/// <remarks>Disposing kills it where it still runs, and waits until it is gone.</remarks>
public sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<Uri> running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(string? workingDirectory, IReadOnlyDictionary<string, string>? environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "RealtimeApi.Host.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = null!;

    public int Id => process.Id;

    /// <summary>What it wrote on its standard output so far.</summary>
    public string Output => Text(output);

    /// <summary>What it wrote on its standard error so far.</summary>
    public string Errors => Text(errors);

    /// <summary>Starts the host and waits until it says that it is running.</summary>
    /// <param name="workingDirectory">Where it starts. Default: the system's temporary directory.</param>
    /// <param name="port">The port, so that a server can be started again where its clients look for it. Default: a free one.</param>
    /// <param name="arguments">Its command line, beside <c>--urls</c>.</param>
    /// <exception cref="InvalidOperationException">It ended instead; the message has what it wrote.</exception>
    public static Task<HostProcess> StartAsync(string? workingDirectory, int port, params string[] arguments) => StartAsync(workingDirectory, port, null, arguments);

    /// <inheritdoc cref="StartAsync(string?, int, string[])"/>
    /// <param name="workingDirectory">Where it starts. Default: the system's temporary directory.</param>
    /// <param name="port">The port, so that a server can be started again where its clients look for it. Default: a free one.</param>
    /// <param name="environment">Variables of its environment, beside those of this process.</param>
    /// <param name="arguments">Its command line, beside <c>--urls</c>.</param>
    public static async Task<HostProcess> StartAsync(string? workingDirectory, int port, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var host = new HostProcess(workingDirectory, environment, [.. arguments, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")]);
        try
        {
            var ended = host.process.WaitForExitAsync();
            await Task.WhenAny(Task.WhenAll(host.running.Task, host.ready.Task), ended).WaitAsync(Until.Patience);
            if (ended.IsCompleted)
                throw new InvalidOperationException($"The host ended with {host.process.ExitCode}:{Environment.NewLine}{host.Output}{host.Errors}");
            host.Address = await host.running.Task;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the host with arguments that are expected to end it by itself.</summary>
    /// <returns>Its exit code, and what it wrote.</returns>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string? workingDirectory, params string[] arguments) =>
        RunAsync(workingDirectory, static _ => Task.CompletedTask, arguments);

    /// <inheritdoc cref="RunAsync(string?, string[])"/>
    /// <param name="workingDirectory">Where it starts. Default: the system's temporary directory.</param>
    /// <param name="meanwhile">What is done to it while it runs.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string? workingDirectory, Func<HostProcess, Task> meanwhile, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(meanwhile);
        await using var host = new HostProcess(workingDirectory, null, arguments);
        await meanwhile(host).WaitAsync(Until.Patience);
        await host.process.WaitForExitAsync().WaitAsync(Until.Patience);
        return (host.process.ExitCode, host.Output, host.Errors);
    }

    /// <summary>Asks it to stop, as a service manager would, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
        }
        else
        {
            await Signal.SendAsync(process.Id, "-TERM");
        }

        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        return process.ExitCode;
    }

    /// <summary>Ends it without a word, as a power failure would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Stops it in the middle of what it is doing: its connections stay open, and nothing is answered.</summary>
    public Task FreezeAsync() => Signal.SendAsync(process.Id, "-STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => Signal.SendAsync(process.Id, "-CONT");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private void Read(string? line)
    {
        Append(output, line);
        const string mark = "Live page";
        if (line?.Split(mark) is [_, var address])
            running.TrySetResult(new(address.Trim()));
        else if (line?.Contains("Ctrl+C stops", StringComparison.Ordinal) == true)
            ready.TrySetResult();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
