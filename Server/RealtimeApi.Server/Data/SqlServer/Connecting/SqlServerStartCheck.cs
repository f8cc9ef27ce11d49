using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Finds out why a database cannot be served, or not well, in words for the person who starts the server.</summary>
/// <remarks>What depends on the resources (their triggers, and the order of those) is looked at when their capture is prepared.</remarks>
internal sealed partial class SqlServerStartCheck(
    SqlServerConnections connections, IOptions<RealtimeApiOptions> options, ILogger<SqlServerStartCheck> logger)
{
    /// <summary>SQL Server 2017.</summary>
    private const int OldestVersion = 14;

    /// <summary>SQL Server 2016: the first in which a statement can take rows from JSON.</summary>
    private const int OldestCompatibilityLevel = 130;

    internal const string VisibleTables = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES";

    internal const string IsInstalled = "SELECT CASE WHEN OBJECT_ID(N'[realtime].[Log]') IS NULL THEN 0 ELSE 1 END";

    private bool warned;

    /// <exception cref="RealtimeApiStartException">It cannot be served.</exception>
    public async Task RunAsync(bool willWrite, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var engine = await connections.EngineAsync(cancellationToken);
        RefuseOld(engine);
        try
        {
            if (await ScalarAsync(connection, VisibleTables, cancellationToken) == 0)
                Log.NoTables(logger, engine.Database, connection.DataSource);
            if (willWrite)
                await CheckLogAsync(connection, engine, cancellationToken);
        }
        catch (SqlException e)
        {
            throw Explain(e);
        }

        Warn(engine);
    }

    private async Task<SqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await connections.OpenAsync(cancellationToken);
        }
        catch (DatabaseUnavailableException e) when (e.InnerException is SqlException error)
        {
            throw Explain(error);
        }
        catch (SqlException e)
        {
            throw Explain(e);
        }
    }

    private static void RefuseOld(SqlServerEngine engine)
    {
        if (engine is { IsBabelfish: false, IsAzure: false } && engine.Version.Major < OldestVersion)
        {
            throw new RealtimeApiStartException(
                $"The server is SQL Server of version {engine.Version}; the oldest that is served is {OldestVersion}.0, SQL Server 2017.");
        }

        if (!engine.IsBabelfish && engine.CompatibilityLevel < OldestCompatibilityLevel)
        {
            throw new RealtimeApiStartException(
                $"The database {engine.Database} has the compatibility level {engine.CompatibilityLevel}; at least {OldestCompatibilityLevel} is needed. Raise it, after its own programs have been "
                + $"tested with it: ALTER DATABASE {SqlServerName.Quote(engine.Database)} SET COMPATIBILITY_LEVEL = {OldestCompatibilityLevel}");
        }
    }

    private async Task CheckLogAsync(SqlConnection connection, SqlServerEngine engine, CancellationToken cancellationToken)
    {
        if (!options.Value.Database.AutoMigrate && await ScalarAsync(connection, IsInstalled, cancellationToken) == 0)
        {
            throw new RealtimeApiStartException(
                $"The change log is not installed in the database {engine.Database}, or this login may not see it, and Watch and Write need it. Run the host's command 'migrate' with a login "
                + "that may create tables and triggers, or give the script of 'migrate --script' to whoever may; or let the server do it, where its login may: RealtimeApi:Database:AutoMigrate=true; or "
                + "switch Watch (and Write) off for every resource: '--RealtimeApi:Resources:*:Watch=false'.");
        }
    }

    private void Warn(SqlServerEngine engine)
    {
        if (warned)
            return;
        warned = true;
        foreach (var warning in SqlServerConnectionText.FindWarnings(new(options.Value.Database.ConnectionString)))
            Log.Unsafe(logger, warning);
        // Babelfish reads row versions always.
        if (engine.IsBabelfish)
            return;
        var database = SqlServerName.Quote(engine.Database);
        if (!engine.ReadCommittedSnapshot)
            Log.ReadersWait(logger, engine.Database, database);
        if (!engine.SnapshotIsolation)
            Log.NoSnapshots(logger, engine.Database, database);
    }

    private static async Task<int> ScalarAsync(SqlConnection connection, string sql, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<int>(new CommandDefinition(sql, cancellationToken: cancellationToken));

    private RealtimeApiStartException Explain(SqlException error) =>
        new(SqlServerStartFailure.Explain(error.Number, error.Class, error.Message, new(options.Value.Database.ConnectionString)), error);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "In the database {Database} on {Server} this login sees no tables. Where there are any, grant it SELECT on their schema.", EventName = nameof(NoTables))]
        public static partial void NoTables(ILogger logger, string database, string server);

        [LoggerMessage(2, LogLevel.Warning, "{Warning}", EventName = nameof(Unsafe))]
        public static partial void Unsafe(ILogger logger, string warning);

        [LoggerMessage(
            3,
            LogLevel.Information,
            "In the database {Database} readers wait for writers, and the server's reads with them. Row versions would spare that: ALTER DATABASE {Quoted} SET READ_COMMITTED_SNAPSHOT ON",
            EventName = nameof(ReadersWait))]
        public static partial void ReadersWait(ILogger logger, string database, string quoted);

        [LoggerMessage(
            4,
            LogLevel.Information,
            "The database {Database} does not allow snapshots, in which a list and its cursor are of the same moment without locks. Allow them: ALTER DATABASE {Quoted} SET ALLOW_SNAPSHOT_ISOLATION ON",
            EventName = nameof(NoSnapshots))]
        public static partial void NoSnapshots(ILogger logger, string database, string quoted);
    }
}
