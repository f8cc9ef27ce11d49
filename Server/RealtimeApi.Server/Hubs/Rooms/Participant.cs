using System.Buffers.Text;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.SignalR;

namespace RealtimeApi.Server.Hubs;

/// <summary>A connection as the others see it, from its first watch of something where one can talk.</summary>
internal sealed class Participant(HubConnectionContext connection, MessagesOptions limits) : IDisposable
{
    private const int IdBytes = 12;

    private readonly TokenBucketRateLimiter sending = new(new()
    {
        TokenLimit = limits.Burst,
        TokensPerPeriod = limits.PerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        // A timer for each connection would cost more than to look at the clock when it sends.
        AutoReplenishment = false,
    });

    /// <summary>Drawn at random: tells nothing of the connection, by whose own id it could be addressed.</summary>
    public string Id { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));

    public Outbox Outbox { get; } = new(connection);

    /// <summary>Counts a message of theirs.</summary>
    /// <returns>False when they send too fast.</returns>
    public bool MaySend()
    {
        sending.TryReplenish();
        using var lease = sending.AttemptAcquire();
        return lease.IsAcquired;
    }

    public void Dispose() => sending.Dispose();
}
