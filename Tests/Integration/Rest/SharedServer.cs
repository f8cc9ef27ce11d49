using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>A server that the tests of a class share, on a database of either kind.</summary>
public abstract class SharedServer(TestDatabaseKind kind) : IAsyncLifetime
{
    private TestDatabase? database;
    private TestServer? server;

    /// <summary>The database; a test that asks where there is none of the kind is skipped.</summary>
    public TestDatabase Database => database ?? throw Skip();

    /// <summary>The server; a test that asks where there is none of the kind is skipped.</summary>
    public TestServer Server => server ?? throw Skip();

    protected abstract string Sqlite { get; }

    protected abstract string SqlServer { get; }

    public async ValueTask InitializeAsync()
    {
        // What is thrown here would fail the tests instead of skipping them.
        if (kind == TestDatabaseKind.SqlServer && !TestSqlServer.IsAvailable)
            return;
        database = await TestDatabase.CreateAsync(kind, Sqlite, SqlServer);
        server = await TestServer.StartAsync(database, Configure);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual void Configure(RealtimeApiOptions options)
    {
    }

    private InvalidOperationException Skip()
    {
        TestDatabase.SkipUnlessThere(kind);
        return new InvalidOperationException("The server has not been started.");
    }
}
