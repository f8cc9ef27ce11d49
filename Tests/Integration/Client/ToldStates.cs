using System.Collections;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>The steps of a client's connection that a handler was told, in order.</summary>
internal sealed class ToldStates : IReadOnlyList<ConnectionStateChange>
{
    private volatile ConnectionStateChange[] steps = [];
    private TaskCompletionSource pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => steps.Length;

    public ConnectionStateChange this[int index] => steps[index];

    public void Follow(RealtimeApiClient client) => client.ConnectionStateChanged += (_, step) =>
    {
        steps = [.. steps, step];
        Interlocked.Exchange(ref pulse, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    };

    public void Clear() => steps = [];

    /// <summary>Ends when the condition holds; it is looked at after each step.</summary>
    public async Task UntilAsync(Func<ToldStates, bool> condition)
    {
        while (true)
        {
            var next = Volatile.Read(ref pulse);
            if (condition(this))
                return;
            await next.Task.WaitAsync(Until.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends when this was told last.</summary>
    public Task UntilAsync(ConnectionState state, WatchTransport transport = WatchTransport.WebSockets) =>
        UntilAsync(told => told.Count > 0 && (told[^1].State, told[^1].Transport) == (state, transport));

    public IEnumerator<ConnectionStateChange> GetEnumerator() => ((IEnumerable<ConnectionStateChange>)steps).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
