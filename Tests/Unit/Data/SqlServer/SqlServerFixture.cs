namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>One database for a class of tests, and what reads and writes it. Without a server each test that asks for it is skipped.</summary>
public sealed class SqlServerFixture : IAsyncDisposable
{
    private readonly SqlServerTestDatabase database = new();
    private SqlServerHarness? harness;

    internal SqlServerHarness Harness => harness ??= new(database.Get());

    public async ValueTask DisposeAsync()
    {
        harness?.Dispose();
        await database.DisposeAsync();
    }
}
