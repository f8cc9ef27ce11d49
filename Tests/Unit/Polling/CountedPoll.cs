using RealtimeApi.Contracts;
using RealtimeApi.Server.Polling;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Polling;

/// <summary>A request for changes that counts its turns, from one wait to the next, so that a test knows when it waits again.</summary>
/// <remarks>A context that runs one turn at a time. The clock of the poll is asked for the timer of its wait in the turn that reads first.</remarks>
internal sealed class CountedPoll : SynchronizationContext
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private int turns;
    private int first = int.MaxValue;

    private CountedPoll(EngineFixture fixture, WatchRequest watch)
    {
        var poll = new ChangesPoll(fixture.Engine, "", new PollClock(this, fixture.Time));
        var begun = new TaskCompletionSource<Task<ChangesPage>>();
        Post(
            _ => begun.SetResult(poll.ReadAsync(new(watch, TimeSpan.FromSeconds(60), 100), CancellationToken.None, TestContext.Current.CancellationToken)),
            null);
        Page = begun.Task.Unwrap();
    }

    public Task<ChangesPage> Page { get; }

    /// <summary>Asks for the changes, and waits for up to a minute of the fixture's clock.</summary>
    public static CountedPoll Start(EngineFixture fixture, WatchRequest watch) => new(fixture, watch);

    /// <summary>Completes when it has had so many turns after the one in which it read first: it waits for something, or is over.</summary>
    public Task TurnedAsync(int count) => Until.TrueAsync(() => Volatile.Read(ref turns) - count >= Volatile.Read(ref first));

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
            last = last.ContinueWith(_ => Turn(d, state), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Turn(SendOrPostCallback callback, object? state)
    {
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(null);
            Interlocked.Increment(ref turns);
        }
    }

    private sealed class PollClock(CountedPoll poll, TimeProvider clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref poll.first, Volatile.Read(ref poll.turns) + 1);
            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
