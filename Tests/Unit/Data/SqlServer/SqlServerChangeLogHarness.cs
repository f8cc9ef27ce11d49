using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>A database on the test server with the tables of the specification, or others; the database is shared by a class and emptied for each test.</summary>
internal sealed class SqlServerChangeLogHarness : ChangeLogHarness
{
    private const string Tables = """
        CREATE TABLE orders (id int NOT NULL PRIMARY KEY, status nvarchar(1000) NULL, total int NULL);
        CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name nvarchar(100) NULL);
        """;

    private readonly TempSqlServerDatabase database;
    private readonly ILogger logger;
    private readonly List<IDisposable> owned = [];
    private readonly bool settles;
    private long saved;

    /// <param name="database">The database.</param>
    /// <param name="sql">Makes the tables.</param>
    /// <param name="logger">Where the log under test logs.</param>
    /// <param name="settles">Whether reads wait for other transactions to end: Babelfish's mark is held by those of other databases, too.</param>
    public SqlServerChangeLogHarness(TempSqlServerDatabase database, string sql = Tables, ILogger? logger = null, bool settles = true)
    {
        this.database = database;
        this.settles = settles;
        this.logger = logger ?? NullLogger.Instance;
        // The server of the tests may be slow, and its other databases busy.
        Connections = new(database.ConnectionString + ";Command Timeout=120");
        owned.Add(Connections);
        Engine = Connections.EngineAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Migrations = new(Connections, new(Connections, TimeProvider.System));
        Clean();
        if (sql.Length > 0)
            Execute(sql);
        Log = OpenAnother();
    }

    public override IChangeLog Log { get; }

    public SqlServerConnections Connections { get; }

    public SqlServerEngine Engine { get; }

    public SqlServerMigrations Migrations { get; }

    public override IChangeLog OpenAnother() => OpenAnother(autoMigrate: true);

    /// <summary>Another node, which sees every change of the schema at once.</summary>
    public IChangeLog OpenAnother(bool autoMigrate)
    {
        var highWater = new SqlServerHighWater(Connections) { SettleTime = TimeSpan.FromMinutes(1) };
        var log = new SqlServerChangeLog(
            Connections,
            new(Connections, TimeProvider.System),
            highWater,
            autoMigrate,
            TimeSpan.FromMilliseconds(200),
            new(Connections, TimeProvider.System) { Age = TimeSpan.Zero },
            TimeProvider.System,
            logger);
        owned.Add(log);
        return settles ? new SettledLog(log, highWater, Connections) : log;
    }

    public override ResourceDefinition Define(string table, bool watchable = true) => Define(table, watchable, []);

    /// <param name="table">The table, in <c>dbo</c>.</param>
    /// <param name="watchable">Whether it is captured.</param>
    /// <param name="key">The columns of the key; <c>id</c> where none are named.</param>
    public ResourceDefinition Define(string table, bool watchable, params string[] key)
    {
        var columns = Rows(
            $"""
            SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, CAST(NUMERIC_PRECISION AS int), CAST(NUMERIC_SCALE AS int), CAST(DATETIME_PRECISION AS int), COLLATION_NAME
            FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'dbo' AND TABLE_NAME = {SqlServerName.Literal(table)} ORDER BY ORDINAL_POSITION
            """,
            static reader =>
            {
                var type = SqlServerColumnTypes.Find(reader.GetString(1)) ?? throw new InvalidOperationException(reader.GetString(1));
                var isTime = type is SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset;
                int Number(int ordinal) => reader.IsDBNull(ordinal) ? 0 : reader.GetInt32(ordinal);
                return (Name: reader.GetString(0), IsNullable: reader.GetString(2) == "YES", Storage: new SqlServerStorage(type)
                {
                    Size = reader.IsDBNull(3) ? -1 : reader.GetInt32(3),
                    Precision = (byte)Number(4),
                    Scale = (byte)Number(isTime ? 6 : 5),
                    Collation = reader.IsDBNull(7) ? null : reader.GetString(7),
                    CodePage = type is SqlDbType.Char or SqlDbType.VarChar ? 1252 : 0,
                });
            });
        var definitions = columns.Select((column, i) => SqlServerColumns.Of(column.Storage, column.Name, i) with { Nullable = column.IsNullable }).ToList();
        return new()
        {
            Name = table,
            Table = new("dbo", table),
            Columns = definitions,
            Key = [.. (key.Length > 0 ? key : ["id"]).Select(name => definitions.Single(column => column.Column == name))],
            Watchable = watchable,
            Fingerprint = string.Join('|', columns),
        };
    }

    /// <summary>The state as another node finds it, whatever the triggers have missed.</summary>
    public async Task<LogState> PrepareWithoutRepairAsync() =>
        await OpenAnother().PrepareAsync(Catalog(), CancellationToken.None) ?? throw new InvalidOperationException("Nothing is captured.");

    public override void Execute(string sql) => database.ExecuteAsync(sql).GetAwaiter().GetResult();

    public Task ExecuteAsync(string sql) => database.ExecuteAsync(sql);

    public Task ScriptAsync(string script) => database.ScriptAsync(script);

    public T? Scalar<T>(string sql) => database.ScalarAsync<T>(sql).GetAwaiter().GetResult();

    public List<T> Rows<T>(string sql, Func<Microsoft.Data.SqlClient.SqlDataReader, T> row)
    {
        using var connection = database.OpenAsync().GetAwaiter().GetResult();
        return connection.RowsAsync(null, sql, row, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    public Task<Microsoft.Data.SqlClient.SqlConnection> ConnectAsync() => database.OpenAsync();

    public override bool HasTraces() =>
        Scalar<int>("SELECT COUNT(*) FROM sys.schemas WHERE name = N'realtime'") > 0
        || Scalar<int>("SELECT COUNT(*) FROM sys.triggers WHERE name LIKE N'%realtime%'") > 0
        || Scalar<int?>("SELECT DATABASE_PRINCIPAL_ID(N'realtime_server')") is not null;

    // A backup takes a directory that the server can reach. What matters to the log is that rows are gone whose positions are given out again.
    public override void Save()
    {
        saved = Scalar<long>("SELECT MAX(CONVERT(bigint, [Position])) FROM [realtime].[ChangeLog]");
        Execute("SELECT * INTO orders_saved FROM orders");
    }

    public override void Restore()
    {
        Execute($"DELETE FROM [realtime].[ChangeLog] WHERE CONVERT(bigint, [Position]) > {saved}");
        if (Engine.IsBabelfish)
            Execute($"ALTER SEQUENCE [realtime].[ChangeSequence] RESTART WITH {saved + 1}");
        Execute("DISABLE TRIGGER ALL ON orders");
        Execute("DELETE FROM orders; INSERT INTO orders SELECT * FROM orders_saved");
        Execute("ENABLE TRIGGER ALL ON orders");
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var disposable in Enumerable.Reverse(owned))
            disposable.Dispose();
        return default;
    }

    /// <summary>Empties the database, the product's things first, by its own means.</summary>
    private void Clean()
    {
        Migrations.RemoveAsync(CancellationToken.None).GetAwaiter().GetResult();
        foreach (var (schema, table, key) in Rows(
            "SELECT CAST(TABLE_SCHEMA AS nvarchar(128)), CAST(TABLE_NAME AS nvarchar(128)), CAST(CONSTRAINT_NAME AS nvarchar(128)) FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE CONSTRAINT_TYPE = 'FOREIGN KEY'",
            static reader => (reader.GetString(0), reader.GetString(1), reader.GetString(2))))
            Execute($"ALTER TABLE {SqlServerName.Quote(new TableName(schema, table))} DROP CONSTRAINT {SqlServerName.Quote(key)}");
        foreach (var (schema, table) in Rows("SELECT CAST(TABLE_SCHEMA AS nvarchar(128)), CAST(TABLE_NAME AS nvarchar(128)) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE'", static reader => (reader.GetString(0), reader.GetString(1))))
            Execute($"DROP TABLE {SqlServerName.Quote(new TableName(schema, table))}");
    }

    private sealed class SettledLog(SqlServerChangeLog log, SqlServerHighWater highWater, SqlServerConnections connections) : IChangeLog
    {
        public Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken) => log.PrepareAsync(catalog, cancellationToken);

        public async Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken)
        {
            await SettleAsync(cancellationToken);
            return await log.ReadAsync(catalog, after, maxBytes, resourceName, cancellationToken);
        }

        public async Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken)
        {
            await SettleAsync(cancellationToken);
            return await log.FindAsync(position, cancellationToken);
        }

        public async Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
        {
            await SettleAsync(cancellationToken);
            return await log.TrimAsync(before, cancellationToken);
        }

        public Task WaitForWriteAsync(CancellationToken cancellationToken) => log.WaitForWriteAsync(cancellationToken);

        private async Task SettleAsync(CancellationToken cancellationToken)
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            await Until.TrueAsync(async () => await highWater.IsSettledAsync(connection, cancellationToken));
        }
    }
}
