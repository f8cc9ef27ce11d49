using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

public sealed class RandomWatchSqlServerTests() : RandomWatchSpecification(TestDatabaseKind.SqlServer)
{
    [Theory, InlineData(64 * 1024), InlineData(64 * 1024 * 1024)]
    public Task Watches_WhileSeveralProgramsWrite_TellEachChangeOnce(int windowBytes) => RunAsync(
        windowBytes,
        (database, seed, stop) => [.. Enumerable.Range(0, 3).Select(i => Task.Run(() => SqlServerWriters.WriteAsync(database, new(seed + i), stop), CancellationToken.None))]);
}
