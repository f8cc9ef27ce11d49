using System.Runtime.CompilerServices;
using Xunit;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>Waits for what something else is about to bring about, where nothing tells of it; the test fails where it does not come.</summary>
/// <remarks>Looks often at first, so that what takes a moment costs a moment, and less often the longer it takes.</remarks>
public static class Until
{
    /// <summary>How long a machine that is far too busy may take for what otherwise takes moments, and for the start of a process.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan shortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan longestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until it holds.</summary>
    /// <param name="holds">Looks; what it throws ends the wait.</param>
    /// <param name="what">What is waited for, as the failure says it. Default: the condition as it is written.</param>
    public static Task TrueAsync(Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        TrueAsync(() => Task.FromResult(holds()), what);

    /// <summary>Looks until it holds, or until something has failed, which is then told by whoever waits for that.</summary>
    /// <inheritdoc cref="TrueAsync(Func{bool}, string)"/>
    public static Task TrueAsync(Func<bool> holds, Task failed, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        TrueAsync(() => Task.FromResult(holds() || failed.IsCompleted), what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string)"/>
    public static Task TrueAsync(Func<Task<bool>> holds, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        WaitAsync(holds, () => $"This has not come about within {Patience}: {what}");

    /// <summary>Looks until it is the expected one; the failure says what it is instead.</summary>
    /// <param name="expected">What it is to be.</param>
    /// <param name="look">Looks; what it throws ends the wait.</param>
    /// <param name="what">What is looked at, as the failure says it. Default: as it is written.</param>
    public static Task EqualAsync<T>(T expected, Func<T> look, [CallerArgumentExpression(nameof(look))] string what = "")
    {
        var seen = default(T);
        return WaitAsync(() => Task.FromResult(EqualityComparer<T>.Default.Equals(seen = look(), expected)), () => $"This is {seen} after {Patience}, and not {expected}: {what}");
    }

    private static async Task WaitAsync(Func<Task<bool>> holds, Func<string> failure)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, TestContext.Current.CancellationToken);
        try
        {
            for (var pause = shortestPause; !await holds().WaitAsync(either.Token); pause = pause * 2 < longestPause ? pause * 2 : longestPause)
                await Task.Delay(pause, TimeProvider.System, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail(failure());
        }
    }
}
