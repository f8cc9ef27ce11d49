using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteWriteSignalTests : IDisposable
{
    private readonly TempDatabase database = new("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    private readonly SqliteConnections connections;
    private readonly SqliteWriteSignal signal;

    public SqliteWriteSignalTests()
    {
        connections = new(database.ConnectionString);
        signal = new(connections, TimeProvider.System, NullLogger.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        signal.Dispose();
        connections.Clear();
        database.Dispose();
    }

    [Fact]
    public async Task Wait_ForTheFirstTime_CompletesAtOnce() => await signal.WaitAsync(Cancellation).WaitAsync(Until.Patience, Cancellation);

    [Fact]
    public async Task Wait_WhileTheShellWrites_Completes()
    {
        Requirements.SkipUnless(SqliteShell.IsInstalled, SqliteShell.Missing);
        await SettleAsync();
        for (var i = 0; i < 3; i++)
        {
            var wait = signal.WaitAsync(Cancellation);
            Assert.Empty(SqliteShell.Run(database.File, "INSERT INTO t VALUES (1);"));
            await wait.WaitAsync(Until.Patience, Cancellation);
            await SettleAsync();
        }
    }

    [Fact]
    public async Task Dispose_WhileAWaitIsUnderWay_EndsIt()
    {
        await SettleAsync();
        var wait = signal.WaitAsync(Cancellation);
        signal.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.WaitAsync(Until.Patience, Cancellation));
    }

    [Fact]
    public async Task Wait_AfterAWriteThatNobodyWaitedFor_CompletesAtOnce()
    {
        await SettleAsync();
        database.Execute("INSERT INTO t VALUES (1)");
        await signal.WaitAsync(Cancellation).WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Wait_WhileATransactionIsOpen_CompletesWithItsCommit()
    {
        await SettleAsync();
        using var writer = database.Open();
        writer.Run("PRAGMA cache_size = 5; BEGIN; INSERT INTO t SELECT hex(zeroblob(20000)) FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8))");
        var wait = signal.WaitAsync(Cancellation);
        writer.Run("COMMIT");
        await wait.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Wait_OfARollbackJournal_CompletesWithACommit()
    {
        database.Execute("PRAGMA journal_mode = DELETE");
        await SettleAsync();
        var wait = signal.WaitAsync(Cancellation);
        database.Execute("INSERT INTO t VALUES (1)");
        await wait.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Wait_WhenAnotherFileTakesTheName_Completes()
    {
        await SettleAsync();
        database.Execute($"VACUUM INTO '{database.File}-other'");
        await SettleAsync();
        var wait = signal.WaitAsync(Cancellation);
        File.Move(database.File + "-other", database.File, overwrite: true);
        await wait.WaitAsync(Until.Patience, Cancellation);
        await SettleAsync();
        database.Execute("INSERT INTO t VALUES (2)");
        await signal.WaitAsync(Cancellation).WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Wait_OfAFileThatIsGone_SaysThatItIsUnavailable()
    {
        await SettleAsync();
        File.Delete(database.File);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => signal.WaitAsync(Cancellation).WaitAsync(Until.Patience, Cancellation));
    }

    [Fact]
    public async Task Wait_WhenCancelled_LetsTheNextOneWait()
    {
        await SettleAsync();
        using var cancellation = new CancellationTokenSource();
        var wait = signal.WaitAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        database.Execute("INSERT INTO t VALUES (1)");
        await signal.WaitAsync(Cancellation).WaitAsync(Until.Patience, Cancellation);
    }

    /// <summary>Waits until there is nothing more to notice.</summary>
    private async Task SettleAsync()
    {
        while (true)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var wait = signal.WaitAsync(cancellation.Token);
            if (await Task.WhenAny(wait, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancellation)) == wait)
                continue;
            await cancellation.CancelAsync();
            await ((Task)wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
    }
}
