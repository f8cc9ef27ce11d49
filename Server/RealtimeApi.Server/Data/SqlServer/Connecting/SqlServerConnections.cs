using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Opens connections to one database of a server. The only place that decides how.</summary>
/// <remarks>
/// Thread-safe. A connection comes from SqlClient's pool and goes back when it is disposed; its isolation level and SET options are then the login's again. Units
/// of work go through <see cref="SqlServerRetry"/>, which opens, translates errors and repeats what may be repeated.
/// </remarks>
internal sealed class SqlServerConnections : IDisposable
{
    private readonly string connectionString;
    private readonly SemaphoreSlim detecting = new(1);
    private volatile SqlServerEngine? engine;

    /// <param name="connectionString">As SqlClient takes it; see <see cref="Complete"/> for what is added.</param>
    public SqlServerConnections(string connectionString)
    {
        var builder = Complete(connectionString);
        DataSource = builder.DataSource;
        Database = builder.InitialCatalog;
        this.connectionString = builder.ConnectionString;
    }

    /// <summary>The server as the connection string names it.</summary>
    public string DataSource { get; }

    /// <summary>The database as the connection string names it; empty for the login's default.</summary>
    public string Database { get; }

    /// <summary>The connection string with what the product sets where it says nothing.</summary>
    /// <remarks>
    /// <c>Application Name</c> RealtimeApi, so that a DBA sees who it is. <c>Connect Retry Count</c>
    /// 3 and <c>Connect Retry Interval</c> 1 s, because an idle connection that a failover broke should be back soon. <c>Pool Blocking Period</c> NeverBlock: after an
    /// outage the pool would otherwise refuse for up to a minute without asking the server. <c>Enlist</c> false: the server's own transactions are never
    /// part of one that surrounds the caller. <c>Encrypt</c> stays as SqlClient has it: on.
    /// </remarks>
    public static SqlConnectionStringBuilder Complete(string connectionString)
    {
        var builder = new SqlConnectionStringBuilder(connectionString);
        SetDefault(builder, "Application Name", "RealtimeApi");
        SetDefault(builder, "Connect Retry Count", 3);
        SetDefault(builder, "Connect Retry Interval", 1);
        SetDefault(builder, "Pool Blocking Period", PoolBlockingPeriod.NeverBlock);
        SetDefault(builder, "Enlist", false);
        return builder;
    }

    /// <summary>An open connection, to be disposed soon: no transaction may outlive the call that began it.</summary>
    /// <exception cref="DatabaseUnavailableException">The server does not answer, or does not let us in.</exception>
    public async ValueTask<SqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is SqlException error && SqlServerErrors.Translate(error) is { } translated)
                throw translated;
            // The pool's way to say that all its connections are in use.
            if (e is InvalidOperationException and not ObjectDisposedException)
                throw new DatabaseUnavailableException("All connections to the database are in use.", e);
            throw;
        }
    }

    /// <summary>What answers; asked once, when it is first needed.</summary>
    /// <exception cref="DatabaseUnavailableException">It does not answer.</exception>
    public async ValueTask<SqlServerEngine> EngineAsync(CancellationToken cancellationToken)
    {
        if (engine is { } known)
            return known;
        await detecting.WaitAsync(cancellationToken);
        try
        {
            return engine ??= await DetectAsync(cancellationToken);
        }
        finally
        {
            detecting.Release();
        }
    }

    /// <summary>Closes the pooled connections.</summary>
    public void Clear()
    {
        using var connection = new SqlConnection(connectionString);
        SqlConnection.ClearPool(connection);
    }

    public void Dispose()
    {
        Clear();
        detecting.Dispose();
    }

    private async Task<SqlServerEngine> DetectAsync(CancellationToken cancellationToken)
    {
        const int AzureSqlDatabase = 5;
        await using var connection = await OpenAsync(cancellationToken);
        try
        {
            await using var command = new SqlCommand(SqlServerEngine.Query, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
                throw new DatabaseUnavailableException("The server does not say which database this is.");
            return new()
            {
                Version = Version.TryParse(reader.GetString(0), out var version) ? version : new(),
                IsAzure = !reader.IsDBNull(1) && reader.GetInt32(1) == AzureSqlDatabase,
                IsBabelfish = !reader.IsDBNull(2) && reader.GetInt32(2) == 1,
                Database = reader.GetString(3),
                CompatibilityLevel = reader.IsDBNull(4) ? 0 : reader.GetInt32(4),
                SnapshotIsolation = !reader.IsDBNull(5) && reader.GetInt32(5) == 1,
                ReadCommittedSnapshot = !reader.IsDBNull(6) && reader.GetInt32(6) == 1,
            };
        }
        catch (SqlException e) when (SqlServerErrors.Translate(e) is { } translated)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw translated;
        }
    }

    private static void SetDefault(SqlConnectionStringBuilder builder, string keyword, object value)
    {
        if (!builder.ShouldSerialize(keyword))
            builder[keyword] = value;
    }
}
