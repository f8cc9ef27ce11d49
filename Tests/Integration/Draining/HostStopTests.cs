using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>The real host, told to stop by signals.</summary>
public sealed class HostStopTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Signal_WithAClient_SendsItElsewhereAndEndsWithSuccess()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        await using var host = await HostProcess.StartAsync(null, 0, "--database", database.File);
        await using var client = await HubClient.ConnectAsync(host.Address, "json");
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Connection.Closed += error =>
        {
            closed.TrySetResult(error);
            return Task.CompletedTask;
        };

        Assert.Equal(0, await host.StopAsync());

        Assert.Null(await closed.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken));
        Assert.Empty(host.Errors);
    }

    [Fact]
    public async Task Signal_Twice_EndsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        await using var host = await HostProcess.StartAsync(null, 0, "--database", database.File, "--RealtimeApi:Draining:Delay=00:05:00");
        using var process = Process.GetProcessById(host.Id);
        using var client = new HttpClient();
        await SignalAsync(host);
        // It has taken the first one when it is no longer ready.
        while (true)
        {
            using var ready = await client.GetAsync(new Uri(host.Address, "health/ready"), TestContext.Current.CancellationToken);
            if (!ready.IsSuccessStatusCode)
                break;
        }

        // Whoever asks whether it is ready makes no errors in the log by that.
        Assert.DoesNotContain("HealthCheck", host.Output + host.Errors, StringComparison.Ordinal);
        await SignalAsync(host);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Unhandled", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_WhileRedisAnswersNothing_IsNotHeldUp()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        // The host gives it an hour: nothing but the product ends it in time.
        await using var host = await HostProcess.StartAsync(
            null,
            0,
            new Dictionary<string, string> { ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = "3600" },
            "--database",
            database.File,
            $"--RealtimeApi:Redis={redis.Configuration},asyncTimeout=3600000,syncTimeout=3600000",
            "--RealtimeApi:Resources:*:Presence=true");
        await redis.PauseAsync();

        Assert.Equal(0, await host.StopAsync());
    }

    /// <summary>Whoever replaces servers may stop one that is still starting, which is no failure to start.</summary>
    [Fact]
    public async Task Signal_WhileItStarts_EndsWithSuccessAndWithoutAComplaint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var redis = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port},connectTimeout=600000");

        var (exitCode, _, errors) = await HostProcess.RunAsync(
            null,
            async host =>
            {
                // It has begun to start, and will wait for a Redis that says nothing.
                await Until.TrueAsync(() => host.HasExited || host.Output.Contains("are captured from now on", StringComparison.Ordinal));
                await SignalAsync(host);
            },
            "--database", database.File, "--urls", "http://127.0.0.1:0", $"--RealtimeApi:Redis={redis}");

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    private static async Task SignalAsync(HostProcess host)
    {
        using var kill = Process.Start("kill", ["-TERM", host.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
