namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Notices commits of other programs by looking at the log's newest row: soon after a write often, and less and less often while nobody writes.</summary>
/// <remarks>
/// One look is one seek in an index. The position that the last wait ended with is kept, so what was committed while nobody waited ends the next wait at once. One
/// caller waits at a time; a second one waits its turn.
/// </remarks>
internal sealed class SqlServerWriteSignal(SqlServerRetry retry, SqlServerLogReader log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(4);

    private readonly SemaphoreSlim turn = new(1);
    private long seen = -1;

    /// <summary>The longest pause between two looks.</summary>
    /// <value>Default: a quarter of a second.</value>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Completes when the log's newest row is another one than when the last wait completed; the first wait completes at once.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            for (var pause = FirstPause; ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
            {
                var head = await retry.ReadAsync(log.ReadHeadAsync, cancellationToken);
                if (head != seen)
                {
                    seen = head;
                    return;
                }

                await Task.Delay(pause, time, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
