using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Waits for what must come.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Looks until it holds, or until something has failed, which is then told by whoever waits for that.</summary>
    /// <exception cref="TimeoutException">It does not hold for a minute.</exception>
    public static Task TrueAsync(Func<bool> holds, Task failed) => TrueAsync(() => Task.FromResult(holds() || failed.IsCompleted));

    /// <summary>Looks until it holds.</summary>
    /// <exception cref="TimeoutException">It does not hold for a minute.</exception>
    public static async Task TrueAsync(Func<Task<bool>> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Patience)
                throw new TimeoutException("What should have come by now has not.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
