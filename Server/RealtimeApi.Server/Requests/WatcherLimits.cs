using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Requests;

/// <summary>Bounds how many requests watch at one time: on the node (<see cref="WatchingOptions.MaxConnections"/>) and of one caller.</summary>
/// <remarks>
/// Thread-safe. Beside the host's own rate limiter, if it has one, and not part of it: that one has a single policy for all that is refused, in a form of the host's choice, and
/// works only where the host has put it into its pipeline.
/// </remarks>
internal sealed partial class WatcherLimits(IOptions<RealtimeApiOptions> options, TimeProvider time, ILogger<WatcherLimits> logger) : IDisposable
{
    /// <summary>Seconds; a stream may end at any time.</summary>
    private const int RetryAfter = 10;

    // Made for the first request: this type is made when routes are mapped, before the options have been checked.
    private readonly Lazy<Limiters> limiters = new(() => new(options.Value.Watching));
    private readonly Outages floods = new(time);

    /// <summary>The endpoint, which is not asked where there is no room.</summary>
    public RequestDelegate Limit(RequestDelegate endpoint) => async context =>
    {
        if (!TryEnter(context, out var place, out var refusal))
            throw refusal;
        using (place)
            await endpoint(context);
    };

    /// <summary>Takes a place for a request, until it is disposed.</summary>
    /// <returns>False where there is none; <paramref name="refusal"/> says why (<c>limit-exceeded</c>).</returns>
    public bool TryEnter(HttpContext context, [NotNullWhen(true)] out IDisposable? place, [NotNullWhen(false)] out ProblemException? refusal)
    {
        (place, refusal) = (null, null);
        var watching = options.Value.Watching;
        var ofCaller = limiters.Value.Callers.AttemptAcquire(context);
        if (!ofCaller.IsAcquired)
        {
            refusal = Refuse(
                nameof(watching.MaxConnectionsPerCaller),
                $"You, or those who share your address, have {Count(watching.MaxConnectionsPerCaller)} connections, streams and polls open on this server, as many as one may. Close one, or let watches share a connection of the hub.");
            return false;
        }

        var ofAll = limiters.Value.All.AttemptAcquire();
        if (!ofAll.IsAcquired)
        {
            ofCaller.Dispose();
            refusal = Refuse(nameof(watching.MaxConnections), $"This server has {Count(watching.MaxConnections)} connections, streams and polls open, as many as it may.");
            return false;
        }

        place = new Place(ofCaller, ofAll);
        return true;
    }

    public void Dispose()
    {
        if (limiters.IsValueCreated)
            limiters.Value.Dispose();
    }

    private ProblemException Refuse(string setting, string detail)
    {
        // Who floods the server does not flood its log.
        if (floods.Begins(setting))
            Log.Full(logger, setting);
        return new(ProblemCodes.LimitExceeded, $"{detail} Try again in {RetryAfter} seconds.") { RetryAfter = RetryAfter };
    }

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed class Limiters(WatchingOptions options) : IDisposable
    {
        public PartitionedRateLimiter<HttpContext> Callers { get; } = PartitionedRateLimiter.Create<HttpContext, string>(
            context => RateLimitPartition.GetConcurrencyLimiter(Caller.OrAddressOf(context), _ => Of(options.MaxConnectionsPerCaller)), StringComparer.Ordinal);

        public ConcurrencyLimiter All { get; } = new(Of(options.MaxConnections));

        public void Dispose()
        {
            Callers.Dispose();
            All.Dispose();
        }

        /// <summary>Nobody waits for a place: what holds one may last for days.</summary>
        private static ConcurrencyLimiterOptions Of(int limit) => new() { PermitLimit = limit, QueueLimit = 0 };
    }

    private sealed class Place(RateLimitLease ofCaller, RateLimitLease ofAll) : IDisposable
    {
        public void Dispose()
        {
            ofAll.Dispose();
            ofCaller.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Clients that want to watch are refused, because as many do as RealtimeApi:Watching:{Setting} allows. Behind a proxy, see that it forwards the clients' addresses.")]
        public static partial void Full(ILogger logger, string setting);
    }
}
