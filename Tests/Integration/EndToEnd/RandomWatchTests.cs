using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

public sealed class RandomWatchTests() : RandomWatchSpecification(TestDatabaseKind.Sqlite)
{
    [Fact]
    public Task Watches_WhileThisProcessWritesAndTheFeedRemembersLittle_TellEachChangeOnce() =>
        RunAsync(windowBytes: 64 * 1024, (database, seed, stop) => [Here(database, seed, stop), Here(database, seed + 1, stop)]);

    [Fact]
    public Task Watches_WhileSeveralProcessesWrite_TellEachChangeOnce()
    {
        Requirements.SkipUnless(SqliteShell.IsInstalled, SqliteShell.Missing);
        return RunAsync(windowBytes: 64 * 1024 * 1024, (database, seed, stop) => [Here(database, seed, stop), Shell(database, seed + 1, stop), Shell(database, seed + 2, stop)]);
    }

    private static Task Here(TestDatabase database, int seed, CancellationToken stop) =>
        Task.Run(() => SqliteWriters.WriteHereAsync((TempDatabase)database, new(seed), stop), CancellationToken.None);

    private static Task Shell(TestDatabase database, int seed, CancellationToken stop) =>
        Task.Run(() => SqliteWriters.WriteByShellAsync((TempDatabase)database, new(seed), stop), CancellationToken.None);
}
