using System.Collections.Concurrent;
using System.Data;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Discovers what a SQL Server database holds.</summary>
/// <remarks>A view's key is that of its unique index, where it has one; any other view needs a configured key.</remarks>
internal sealed partial class SqlServerSchemaReader(SqlServerConnections connections, SqlServerRetry retry, ILogger<SqlServerSchemaReader> logger) : ISchemaReader
{
    private readonly ConcurrentDictionary<string, string> leftOut = [];

    public async Task<IReadOnlyList<TableSchema>> ReadAsync(CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var catalog = await retry.ReadAsync(async (connection, token) => await SqlServerCatalog.ReadAsync(connection, engine, token), cancellationToken);
        return
        [
            .. catalog.Tables
                .Where(table => !SqlServerSystemTables.Contains(table.Schema, table.Name))
                .Select(table => Make(engine, catalog, table))
                .Where(table => table.Columns.Count > 0)
                .OrderBy(table => table.IsView)
                .ThenBy(table => !table.IsInDefaultSchema)
                .ThenBy(table => table.Table.ToString(), StringComparer.Ordinal),
        ];
    }

    private TableSchema Make(SqlServerEngine engine, SqlServerCatalog catalog, SqlServerCatalog.Table table)
    {
        var isView = table.IsView != 0;
        var columns = new List<ColumnSchema>();
        var names = new Dictionary<int, string>();
        foreach (var row in catalog.Columns[table.Id])
        {
            if (SqlServerColumnTypes.Find(row.TypeName) is not { } type)
            {
                SayLeftOut($"{table.Schema}.{table.Name}", row);
                continue;
            }

            names.Add(row.Id, row.Name);
            columns.Add(Make(engine, row, type, table));
        }

        var unique = catalog.Indexes[table.Id].GroupBy(index => index.Id).ToList();
        var key = unique.Find(index => index.First().IsPrimaryKey != 0) ?? (isView ? unique.FirstOrDefault() : null);
        return new()
        {
            Table = new(table.Schema, table.Name),
            IsView = isView,
            IsInDefaultSchema = table.Schema.Equals(SqlServerName.DefaultSchema, StringComparison.OrdinalIgnoreCase),
            Columns = columns,
            Key = key is null ? [] : NamesOf(key) ?? [],
            UniqueKeys = [.. unique.Select(NamesOf).OfType<string[]>()],
        };

        // A key of which a column is left out is none.
        string[]? NamesOf(IEnumerable<SqlServerCatalog.IndexColumn> index)
        {
            var ids = index.Select(column => column.ColumnId).ToList();
            return ids.TrueForAll(names.ContainsKey) ? [.. ids.Select(id => names[id])] : null;
        }
    }

    private static ColumnSchema Make(SqlServerEngine engine, SqlServerCatalog.Column row, SqlDbType type, SqlServerCatalog.Table table)
    {
        var isView = table.IsView != 0;
        var storage = new SqlServerStorage(type)
        {
            Size = row.Length is > 0 and <= 8000 and var length ? length : -1,
            Precision = type == SqlDbType.Decimal ? (byte)(row.Precision ?? 18) : (byte)0,
            Scale = (byte)(type switch
            {
                SqlDbType.Decimal => row.Scale ?? 0,
                SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset => Math.Min(row.Fraction ?? 7, engine.FractionDigits),
                _ => 0,
            }),
            Collation = type == SqlDbType.Xml ? null : row.Collation,
            InMemory = table.InMemory != 0,
            SentAs = type == SqlDbType.DateTime ? engine.DateTimeParameter : null,
        };
        if (storage.IsCoded)
            storage = storage with { CodePage = row.CodePage ?? 0 };
        var isGenerated = row.IsIdentity != 0 || row.IsComputed != 0 || row.Generated is > 0 || type == SqlDbType.Timestamp;
        return new()
        {
            Name = row.Name,
            Type = SqlServerColumnTypes.TypeOf(type),
            DeclaredType = type == SqlDbType.Xml ? row.TypeName : storage.TypeName,
            Nullable = row.IsNullable != 0,
            ReadOnly = isView || isGenerated,
            Numbered = !isView && row.IsIdentity != 0,
            MaxLength = storage.Size > 0 && type is not SqlDbType.Timestamp ? storage.Size : null,
            // No change by itself; and what is computed when it is read may be of the time of day, or of other tables.
            ChangesUnseen = type == SqlDbType.Timestamp || row is { IsComputed: not 0, IsStored: 0 },
            Default = isView || isGenerated || row.DefaultId == 0 || IsNull(row.DefaultSql) ? null : row.DefaultSql ?? "DEFAULT",
            TextRules = SqlServerTextRules.Find(storage, engine.CountsCodePoints, engine.MapsCasesFully),
            Storage = storage,
        };
    }

    private static bool IsNull(string? definition) => string.Equals(definition?.Trim('(', ')', ' '), "NULL", StringComparison.OrdinalIgnoreCase);

    private void SayLeftOut(string table, SqlServerCatalog.Column column)
    {
        if (leftOut.TryAdd($"{table}.{column.Name}", column.TypeName))
            Log.ColumnLeftOut(logger, column.Name, table, SqlServerColumnTypes.WhyNot(column.TypeName));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The column {Column} of {Table} is left out: {Reason}.", EventName = "ColumnLeftOut")]
        public static partial void ColumnLeftOut(ILogger logger, string column, string table, string reason);
    }
}
