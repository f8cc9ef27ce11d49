using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport.SqlServer;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A real database of its own, gone when it is disposed, that a server can be started on and that is written as any other program would.</summary>
public abstract class TestDatabase : IDisposable, IAsyncDisposable
{
    public abstract TestDatabaseKind Kind { get; }

    public abstract string ConnectionString { get; }

    /// <summary>What the command line of a host is given to serve it.</summary>
    public IReadOnlyList<string> Settings =>
    [
        $"--RealtimeApi:Database:Provider={Kind}", $"--RealtimeApi:Database:ConnectionString={ConnectionString}", "--RealtimeApi:Database:AutoMigrate=true",
        "--RealtimeApi:Resources=*",
    ];

    /// <summary>Skips the test that calls it where there is no database of this kind.</summary>
    public static void SkipUnlessThere(TestDatabaseKind kind)
    {
        if (kind == TestDatabaseKind.SqlServer)
            TestSqlServer.Require();
    }

    /// <summary>Makes one and runs the script for its kind in it; skips the test that calls it where there is none of this kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sqlite">The script for SQLite.</param>
    /// <param name="sqlServer">The script for SQL Server, its batches separated by <c>GO</c>; null where the other serves for both.</param>
    public static async Task<TestDatabase> CreateAsync(TestDatabaseKind kind, string sqlite, string? sqlServer = null) => kind == TestDatabaseKind.Sqlite
        ? new TempDatabase(sqlite)
        : await TempSqlServerDatabase.CreateAsync(sqlServer ?? sqlite);

    /// <summary>Points a server at it, which may install what it needs.</summary>
    public void Configure(DatabaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Provider = Kind.ToString();
        options.ConnectionString = ConnectionString;
        options.AutoMigrate = true;
    }

    /// <summary>Runs statements as any other program would: on a connection that the server does not know. Parameters are named <c>@name</c>.</summary>
    /// <returns>The first value of the first row, whole numbers as <see cref="long"/>; or null.</returns>
    public abstract object? Execute(string sql, params (string Name, object? Value)[] parameters);

    /// <summary>The text for this kind of database, where the two do not understand the same.</summary>
    public string Choose(string sqlite, string sqlServer) => Kind == TestDatabaseKind.Sqlite ? sqlite : sqlServer;

    public abstract void Dispose();

    public virtual ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
