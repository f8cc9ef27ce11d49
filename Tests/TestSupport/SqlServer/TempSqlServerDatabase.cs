using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Tests.TestSupport.SqlServer;

/// <summary>A database of its own on the test server, dropped at the end. One for each test class is enough; creating one takes seconds on some servers.</summary>
public sealed class TempSqlServerDatabase : TestDatabase
{
    private readonly SqlConnectionStringBuilder server;

    private TempSqlServerDatabase(SqlConnectionStringBuilder server, string name)
    {
        this.server = server;
        Name = name;
        ConnectionString = new SqlConnectionStringBuilder(server.ConnectionString) { InitialCatalog = name }.ConnectionString;
    }

    /// <summary>Its random name.</summary>
    public string Name { get; }

    public override TestDatabaseKind Kind => TestDatabaseKind.SqlServer;

    public override string ConnectionString { get; }

    /// <summary>Creates one and runs a script in it; skips the test where there is no server.</summary>
    /// <param name="script">T-SQL, batches separated by <c>GO</c>; empty for an empty database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<TempSqlServerDatabase> CreateAsync(string script = "", CancellationToken cancellationToken = default)
    {
        var database = new TempSqlServerDatabase(TestSqlServer.Require(), $"realtimeapi_{Guid.NewGuid():N}");
        await ExecuteAsync(database.server.ConnectionString, $"CREATE DATABASE [{database.Name}]", cancellationToken);
        await database.ScriptAsync(script, cancellationToken);
        return database;
    }

    public override object? Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var connection = new SqlConnection(ConnectionString);
        connection.Open();
        using var command = Command(connection, sql);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command.ExecuteScalar() switch
        {
            DBNull => null,
            byte number => (long)number,
            short number => (long)number,
            int number => (long)number,
            var other => other,
        };
    }

    /// <summary>Runs one batch.</summary>
    /// <returns>How many rows it changed.</returns>
    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken = default) => ExecuteAsync(ConnectionString, sql, cancellationToken);

    /// <summary>Runs batches that are separated by <c>GO</c>.</summary>
    public async Task ScriptAsync(string script, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(script))
            return;
        await using var connection = await OpenAsync(cancellationToken);
        foreach (var batch in TSqlText.Batches(script))
            await RunAsync(connection, batch, cancellationToken);
    }

    /// <summary>The first value of the first row, converted to the type.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Command(connection, sql);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull
            ? (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture)
            : default;
    }

    /// <summary>An open connection, as any other program would have it.</summary>
    public async Task<SqlConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public override void Dispose()
    {
        SqlConnection.ClearAllPools();
        using var connection = new SqlConnection(server.ConnectionString);
        connection.Open();
        try
        {
            // Ends what is still connected. Babelfish has no such statement and does not need it.
            using var end = Command(connection, $"ALTER DATABASE [{Name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE");
            end.ExecuteNonQuery();
        }
        catch (SqlException)
        {
            // The next statement says what is wrong, if anything is.
        }

        for (var tries = 0; ; tries++)
        {
            try
            {
                using var drop = Command(connection, $"DROP DATABASE [{Name}]");
                drop.ExecuteNonQuery();
                return;
            }
            catch (SqlException e) when (tries < 50 && e.Message.Contains("in use", StringComparison.Ordinal))
            {
                // A connection that was closed here may not be gone there yet.
                Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System).GetAwaiter().GetResult();
            }
        }
    }

    private static async Task<int> ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return await RunAsync(connection, sql, cancellationToken);
    }

    private static async Task<int> RunAsync(SqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The tests' own text.")]
    private static SqlCommand Command(SqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = 120 };
}
