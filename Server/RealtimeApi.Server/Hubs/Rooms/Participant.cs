using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>A connection as the others see it, from its first watch of something where one can talk.</summary>
internal sealed class Participant(HubConnectionContext connection, MessagesOptions limits) : IDisposable
{
    private const int IdBytes = 12;

    /// <summary>A name is told with every coming and going.</summary>
    private const int MaxNameLength = 100;

    private readonly TokenBucketRateLimiter sending = new(new()
    {
        TokenLimit = limits.Burst,
        TokensPerPeriod = limits.PerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        // A timer for each connection would cost more than to look at the clock when it sends.
        AutoReplenishment = false,
    });

    /// <summary>Its id is drawn at random and tells nothing of the connection, by whose own id it could be addressed. The name is the user's, where the host knows it.</summary>
    public Peer Peer { get; } = new() { Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)), Name = NameOf(connection.User) };

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

    private static string? NameOf(ClaimsPrincipal? user) =>
        user?.Identity is not { IsAuthenticated: true, Name: { Length: > 0 } name } ? null : name.Length <= MaxNameLength ? name : name[..MaxNameLength];
}
