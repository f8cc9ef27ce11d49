using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The version of the database's schema and its recovery fork, looked at once a second at most: pages of the log are read more often.</summary>
/// <remarks>Thread-safe; what was seen is immutable and swapped whole.</remarks>
internal sealed class SqlServerSchemaVersion(SqlServerConnections connections, TimeProvider time)
{
    private volatile Seen? seen;
    private volatile bool hasNoFork;

    /// <summary>How old what was seen may be.</summary>
    /// <value>Default: one second.</value>
    public TimeSpan Age { get; init; } = TimeSpan.FromSeconds(1);

    /// <param name="Version">See <see cref="LogState.SchemaVersion"/>.</param>
    /// <param name="Fork">Null where the server does not say.</param>
    /// <param name="Stamp">When it was seen.</param>
    internal sealed record Seen(long Version, string? Fork, long Stamp);

    /// <summary>What there is, seen no longer ago than <see cref="Age"/>.</summary>
    public async ValueTask<Seen> ReadAsync(SqlConnection connection, CancellationToken cancellationToken) =>
        seen is { } last && time.GetElapsedTime(last.Stamp) < Age ? last : await ReadNowAsync(connection, null, cancellationToken);

    /// <summary>What there is now, seen in a transaction if there is one.</summary>
    public async ValueTask<Seen> ReadNowAsync(SqlConnection connection, SqlTransaction? transaction, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var stamp = time.GetTimestamp();
        var version = await connection.ScalarAsync<long>(transaction, engine.SchemaVersion, cancellationToken);
        string? fork = null;
        if (engine.RecoveryFork is { } query && !hasNoFork && transaction is null)
        {
            try
            {
                fork = await connection.ScalarAsync<string>(transaction, query, cancellationToken);
            }
            catch (SqlException e) when (SqlServerErrors.Judge(e) is SqlServerFault.Refused or SqlServerFault.Changed)
            {
                hasNoFork = true;
            }
        }

        var now = new Seen(version, fork, stamp);
        seen = now;
        return now;
    }
}
