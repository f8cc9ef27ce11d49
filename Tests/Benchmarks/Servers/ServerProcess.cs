using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>A <see cref="BenchmarkServer"/> in a child process.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly HttpClient http;

    private ServerProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
        http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public int Port { get; }

    public static async Task<ServerProcess> StartAsync(string role, ServerSettings? settings = null)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        foreach (var argument in (string[])["serve", role, port.ToString(CultureInfo.InvariantCulture), .. (settings ?? new()).Arguments])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException($"The server {role} did not start.");
        return new(process, port);
    }

    /// <summary>Processor time that the server has used, in microseconds.</summary>
    public async Task<double> CpuAsync() => double.Parse(await http.GetStringAsync("/cpu"), CultureInfo.InvariantCulture);

    /// <summary>Bytes of live managed memory.</summary>
    public async Task<long> MemoryAsync() => long.Parse(await http.GetStringAsync("/memory"), CultureInfo.InvariantCulture);

    /// <summary>Makes changes; completes when the last is published, which is before it is delivered.</summary>
    public async Task PublishAsync(int publishers, int count, int perSecond)
    {
        using var response = await http.PostAsync($"/publish?publishers={publishers}&count={count}&perSecond={perSecond}", null);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
