using RealtimeApi.Client;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Clients that do not wait long between attempts.</summary>
internal static class Clients
{
    public static RealtimeApiClientOptions OptionsFor(Uri address) => new(address) { MaxReconnectDelay = TimeSpan.FromMilliseconds(50), IdleTimeout = TimeSpan.Zero };

    public static RealtimeApiClient For(Uri address) => new(OptionsFor(address));

    public static WatchOptions Bookmarks { get; } = new() { Bookmarks = true };

    public static Watching<T> Start<T>(this IAsyncEnumerable<ItemChange<T>> watch)
        where T : class => new(watch);
}
