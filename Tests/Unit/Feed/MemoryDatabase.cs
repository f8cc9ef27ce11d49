using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Feed;

/// <summary>A database in memory that keeps the contract of the seam, and whose troubles a test can bring about at will.</summary>
/// <remarks>Thread-safe by one lock. One table, <c>Orders</c>, and a second, <c>Notes</c>; values are in the order of their columns.</remarks>
internal sealed class MemoryDatabase : IDatabase, IChangeLog, IItemReader, ISchemaReader
{
    private readonly Lock gate = new();
    private readonly List<Row> log = [];
    private readonly Dictionary<string, SortedDictionary<long, FieldValue[]>> tables = new(StringComparer.Ordinal) { ["orders"] = [], ["notes"] = [] };
    private readonly Dictionary<string, LogPosition> captureStarts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceDefinition> captured = new(StringComparer.Ordinal);
    private readonly Random random;
    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastPosition;
    private LogPoint lowWater;
    private DateTimeOffset? trimmedBefore_NeedsLock;

    public MemoryDatabase(int seed = 1) => random = new(seed);

    public string LogId { get; private set; } = "log1";

    public long SchemaVersion { get; private set; } = 1;

    /// <summary>Columns that <c>Orders</c> has beside its own, so that a test can alter the table.</summary>
    public List<string> MoreColumns { get; } = [];

    /// <summary>What the database puts where a new order has no status: nothing that shapes an item.</summary>
    public string? StatusDefault { get; private set; }

    /// <summary>Resources of which another server captures another definition.</summary>
    public HashSet<string> TakenOver { get; } = [];

    /// <summary>While false, the database has no tables.</summary>
    public bool HasTables { get; private set; } = true;

    /// <summary>While true, every call fails as if the database did not answer.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Whether nothing but another program's lock makes it so.</summary>
    public bool IsLocked { get; set; }

    /// <summary>Runs before every read of the log or of items, outside the lock.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Runs after every look at the tables, before what was seen of them is handed over.</summary>
    public Action? AfterSchemaRead { get; set; }

    /// <summary>Runs after every look at a point of the log, before what was found is handed over.</summary>
    public Func<Task>? AfterFind { get; set; }

    /// <summary>The most rows of the log that one page holds, whatever was asked for.</summary>
    public int MostRows { get; set; } = int.MaxValue;

    public int LogReads { get; private set; }

    /// <summary>Those of them that are of one resource, and so not a feed's.</summary>
    public int CatchUpReads { get; private set; }

    public int ItemReads { get; private set; }

    /// <summary>The most items that one of them has brought.</summary>
    public int LargestPage { get; private set; }

    public DateTimeOffset? TrimmedBefore
    {
        get
        {
            lock (gate)
                return trimmedBefore_NeedsLock;
        }
    }

    public ISchemaReader Schema => this;

    public IItemReader Items => this;

    public IItemWrites Writes => throw new NotSupportedException("Writes are tested on real files.");

    public IChangeLog Log => this;

    public LogPoint Head
    {
        get
        {
            lock (gate)
                return Head_NeedsLock();
        }
    }

    public static FieldValue[] Order(long id, string status, long total, long customer) =>
        [FieldValue.Of(id), FieldValue.Of(status), FieldValue.Of(total), FieldValue.Of(customer)];

    public static FieldValue[] Note(long id, string text) => [FieldValue.Of(id), FieldValue.Of(text)];

    /// <summary>Inserts, updates or (with null) deletes the row of this id and writes it to the log.</summary>
    public LogPoint Write(string resource, long id, FieldValue[]? after) => WriteAll((resource, id, after));

    /// <summary>The same for several rows, in one transaction.</summary>
    /// <returns>The point of the last.</returns>
    public LogPoint WriteAll(params (string Resource, long Id, FieldValue[]? After)[] changes)
    {
        TaskCompletionSource done;
        LogPoint point = default;
        lock (gate)
        {
            foreach (var (resource, id, after) in changes)
            {
                var table = tables[resource];
                var before = table.GetValueOrDefault(id);
                if (before is null && after is null)
                    continue;
                if (after is null)
                    table.Remove(id);
                else
                    table[id] = after;
                point = Append_NeedsLock(resource, before, after, isReset: false);
            }

            done = written;
            written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        done.SetResult();
        return point;
    }

    /// <summary>Gives up the rows up to here, the newest excepted.</summary>
    public void TrimThrough(LogPosition position)
    {
        lock (gate)
        {
            while (log.Count > 1 && log[0].Point.Position <= position)
            {
                lowWater = log[0].Point;
                log.RemoveAt(0);
            }
        }
    }

    /// <summary>Another database in the place of this one, with as many changes in its log but an id of its own.</summary>
    public void Replace()
    {
        lock (gate)
        {
            LogId += "x";
            log.Clear();
            captured.Clear();
            lowWater = default;
            lastPosition = 0;
        }
    }

    /// <summary>The database as it was some commits ago: their rows are gone from the log, and their positions will be given out again.</summary>
    public void LoseLast(int rows)
    {
        lock (gate)
        {
            log.RemoveRange(log.Count - rows, rows);
            lastPosition = log.Count > 0 ? log[^1].Point.Position.Major : lowWater.Position.Major;
        }
    }

    public void AlterOrders(string newColumn)
    {
        lock (gate)
        {
            MoreColumns.Add(newColumn);
            SchemaVersion++;
            foreach (var (id, values) in tables["orders"].ToArray())
                tables["orders"][id] = [.. values, FieldValue.Null];
        }
    }

    /// <summary>Alters the table of orders in a way of which neither its items nor the triggers know.</summary>
    public void GiveStatusDefault(string text)
    {
        lock (gate)
        {
            StatusDefault = text;
            SchemaVersion++;
        }
    }

    public void DropOrRestoreTables(bool hasTables)
    {
        lock (gate)
        {
            HasTables = hasTables;
            SchemaVersion++;
        }
    }

    /// <summary>The triggers of a resource were gone for a while, and are made anew.</summary>
    public void CaptureAnew(string resource)
    {
        lock (gate)
        {
            captureStarts[resource] = Append_NeedsLock(resource, null, null, isReset: true).Position;
            SchemaVersion++;
        }
    }

    /// <summary>Another server makes the triggers of a resource by its own definition.</summary>
    public void TakeOver(string resource)
    {
        lock (gate)
        {
            TakenOver.Add(resource);
            Append_NeedsLock(resource, null, null, isReset: true);
            SchemaVersion++;
        }
    }

    /// <summary>Every change of the log that is still there, by the definitions given.</summary>
    public IReadOnlyList<Change> Changes(ResourceCatalog catalog)
    {
        lock (gate)
            return [.. log.Where(row => !row.IsReset).Select(row => row.ToChange(catalog))];
    }

    Task<IReadOnlyList<TableSchema>> ISchemaReader.ReadAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        IReadOnlyList<TableSchema> tables;
        lock (gate)
        {
            tables = !HasTables ? [] :
            [
                new()
                {
                    Table = new(null, "Orders"),
                    Key = ["Id"],
                    Columns =
                    [
                        new() { Name = "Id", Type = FieldType.Integer, DeclaredType = "INTEGER", Nullable = false },
                        new() { Name = "Status", Type = FieldType.String, DeclaredType = "TEXT", Default = StatusDefault, TextRules = OrdinalRules.Instance },
                        new() { Name = "Total", Type = FieldType.Integer, DeclaredType = "INTEGER" },
                        new() { Name = "CustomerId", Type = FieldType.Integer, DeclaredType = "INTEGER" },
                        .. MoreColumns.Select(name => new ColumnSchema { Name = name, Type = FieldType.Integer, DeclaredType = "INTEGER" }),
                    ],
                },
                new()
                {
                    Table = new(null, "Notes"),
                    Key = ["Id"],
                    Columns =
                    [
                        new() { Name = "Id", Type = FieldType.Integer, DeclaredType = "INTEGER", Nullable = false },
                        new() { Name = "Text", Type = FieldType.String, DeclaredType = "TEXT" },
                    ],
                },
                new()
                {
                    Table = new(null, "Totals"),
                    IsView = true,
                    Key = [],
                    Columns = [new() { Name = "Total", Type = FieldType.Integer, DeclaredType = "INTEGER" }],
                },
            ];
        }

        AfterSchemaRead?.Invoke();
        return Task.FromResult(tables);
    }

    public Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        lock (gate)
        {
            var watched = catalog.Resources.Where(r => r.Watchable).ToList();
            if (watched.Count == 0)
                return Task.FromResult<LogState?>(null);
            foreach (var resource in watched)
            {
                if (captured.TryGetValue(resource.Name, out var known) && known.Fingerprint == resource.Fingerprint)
                    continue;
                captured[resource.Name] = resource;
                captureStarts[resource.Name] = Append_NeedsLock(resource.Name, null, null, isReset: true).Position;
            }

            return Task.FromResult<LogState?>(State_NeedsLock(null));
        }
    }

    public Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke();
        ThrowIfUnavailable();
        lock (gate)
        {
            LogReads++;
            if (resourceName is not null)
                CatchUpReads++;
            List<Change> changes = [];
            List<CaptureReset> resets = [];
            var through = Found_NeedsLock(after) ?? (after == lowWater.Position ? lowWater : null);
            var (bytes, rows, hasMore) = (0, 0, false);
            for (var i = CountThrough_NeedsLock(after); i < log.Count; i++)
            {
                var row = log[i];
                if (rows > 0 && (bytes >= maxBytes || rows >= MostRows))
                {
                    hasMore = true;
                    break;
                }

                through = row.Point;
                rows++;
                if (resourceName is not null && row.Resource != resourceName)
                    continue;
                if (row.IsReset)
                    resets.Add(new(row.Point, row.Resource));
                else if (catalog.Find(row.Resource) is not null)
                    changes.Add(row.ToChange(catalog));
                bytes += Row.Size;
            }

            return Task.FromResult(new LogPage
            {
                LogId = LogId,
                Changes = changes,
                Resets = resets,
                Through = through ?? new(after, 0),
                After = Found_NeedsLock(after) ?? (after == lowWater.Position ? lowWater : null),
                HasMore = hasMore,
                LowWater = lowWater.Position,
                SchemaVersion = SchemaVersion,
            });
        }
    }

    public async Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        LogState state;
        lock (gate)
            state = State_NeedsLock(Found_NeedsLock(position));
        if (AfterFind is { } then)
            await then();
        return state;
    }

    public Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        ThrowIfUnavailable();
        lock (gate)
            trimmedBefore_NeedsLock = before;
        return Task.FromResult(0L);
    }

    public Task WaitForWriteAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return written.Task.WaitAsync(cancellationToken);
    }

    public Task<ItemPage> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke();
        ThrowIfUnavailable();
        lock (gate)
        {
            ItemReads++;
            var page = new PageBuilder(query);
            _ = tables[query.Resource.Name]
                .Where(row => query.After is null || row.Key > query.After[0].Integer)
                .Where(row => query.Filter?.Matches(row.Value) ?? true)
                .All(row => page.TryAdd(new(query.Resource, row.Value)));
            LargestPage = Math.Max(LargestPage, page.Items.Count);
            return Task.FromResult(new ItemPage(page.Items, page.HasMore, null, Head_NeedsLock()));
        }
    }

    public Task<ItemRead> FindAsync(ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke();
        ThrowIfUnavailable();
        lock (gate)
        {
            ItemReads++;
            var values = tables[resource.Name].GetValueOrDefault(key.Values[0].Integer);
            return Task.FromResult(new ItemRead(values is null ? null : new(resource, values), Head_NeedsLock()));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfUnavailable()
    {
        if (IsUnavailable)
            throw new DatabaseUnavailableException("The test has taken the database away.") { IsLocked = IsLocked };
    }

    private LogPoint Append_NeedsLock(string resource, FieldValue[]? before, FieldValue[]? after, bool isReset)
    {
        var point = new LogPoint(new(++lastPosition), random.NextInt64(1, long.MaxValue));
        log.Add(new(point, resource, before, after, isReset));
        return point;
    }

    private LogPoint Head_NeedsLock() => log.Count > 0 ? log[^1].Point : lowWater;

    private LogPoint? Found_NeedsLock(LogPosition position)
    {
        var count = CountThrough_NeedsLock(position);
        return count == 0 ? null : log[count - 1].Point;
    }

    private int CountThrough_NeedsLock(LogPosition position)
    {
        var (low, high) = (0, log.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (log[middle].Point.Position <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private LogState State_NeedsLock(LogPoint? found) => new()
    {
        LogId = LogId,
        Head = Head_NeedsLock(),
        LowWater = lowWater,
        Found = found,
        CaptureStarts = captureStarts.Where(start => !TakenOver.Contains(start.Key)).ToDictionary(),
        SchemaVersion = SchemaVersion,
    };

    private sealed record Row(LogPoint Point, string Resource, FieldValue[]? Before, FieldValue[]? After, bool IsReset)
    {
        public const int Size = 100;

        private static readonly DateTimeOffset Start = new(2026, 11, 23, 11, 6, 26, 123, TimeSpan.Zero);

        public Change ToChange(ResourceCatalog catalog)
        {
            var resource = catalog.Find(Resource)!;
            return new()
            {
                Point = Point,
                Resource = resource,
                Before = ToItem(resource, Before),
                After = ToItem(resource, After),
                Time = Start.AddSeconds(Point.Position.Major),
                Size = Size,
            };
        }

        private static Item? ToItem(ResourceDefinition resource, FieldValue[]? values)
        {
            if (values is null)
                return null;
            var fitted = new FieldValue[resource.Columns.Count];
            values.AsSpan(0, Math.Min(values.Length, fitted.Length)).CopyTo(fitted);
            return new(resource, fitted);
        }
    }
}
