using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>One database for a class of tests, made by the first that needs it. Without a server each of them is skipped.</summary>
public sealed class SqlServerTestDatabase : IAsyncDisposable
{
    private TempSqlServerDatabase? database;

    public TempSqlServerDatabase Get() => database ??= TempSqlServerDatabase.CreateAsync().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
            await database.DisposeAsync();
    }
}
