#if !NET
namespace RealtimeApi.Client;

/// <summary>What .NET Standard lacks.</summary>
internal static class Polyfills
{
    public static Task<T> WaitAsync<T>(this Task<T> task, CancellationToken cancellationToken) =>
        task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    public static Task WaitAsync(this Task task, CancellationToken cancellationToken) =>
        task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    public static Task<Stream> ReadAsStreamAsync(this HttpContent content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
    }

    public static Task LoadIntoBufferAsync(this HttpContent content, long maxBufferSize, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return content.LoadIntoBufferAsync(maxBufferSize);
    }

    public static bool Contains(this string text, char character) => text.IndexOf(character) >= 0;
}
#endif
