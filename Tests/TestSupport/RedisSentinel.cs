using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A real Redis Sentinel, which watches the service <see cref="Service"/> and takes a master for dead that is silent for two seconds.</summary>
public sealed class RedisSentinel : RedisProcess
{
    public const string Service = "shop";

    /// <summary>The reason to skip a test where there is none.</summary>
    public const string Missing = "redis-server, which is Sentinel, too, is not installed (Debian: apt-get install redis-server).";

    private const string Program = "redis-server";

    private readonly string file = Path.Combine(Path.GetTempPath(), $"sentinel-{Guid.NewGuid():N}.conf");

    private RedisSentinel()
    {
    }

    /// <summary>Whether there is one.</summary>
    public static bool IsInstalled { get; } = RedisServer.CanRun(Program);

    protected override string ReadyWords => "+monitor";

    /// <summary>One that does not run yet, but has its port, and what it has to know.</summary>
    /// <param name="master">The present master.</param>
    /// <param name="quorum">How many must find it dead.</param>
    /// <param name="password">What a client of Redis must know. Default: nothing.</param>
    public static async Task<RedisSentinel> CreateAsync(RedisServer master, int quorum = 1, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(master);
        var sentinel = new RedisSentinel();
        // It writes what it learns into its file, and finds it there when it is started again.
        await File.WriteAllTextAsync(sentinel.file, string.Create(CultureInfo.InvariantCulture, $"""
            port {sentinel.Port}
            bind 127.0.0.1
            dir {Path.GetTempPath()}
            sentinel monitor {Service} 127.0.0.1 {master.Port} {quorum}
            sentinel down-after-milliseconds {Service} 2000
            sentinel failover-timeout {Service} 6000
            {(password is null ? "" : $"sentinel auth-pass {Service} {password}")}

            """));
        return sentinel;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(file);
    }

    protected override ProcessStartInfo Describe() => new(Program, [file, "--sentinel"]);
}
