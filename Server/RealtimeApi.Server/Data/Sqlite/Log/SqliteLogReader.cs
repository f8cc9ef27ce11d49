using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Reads the log's rows and state, each in one short read transaction.</summary>
/// <remarks>
/// SQLite has one writer at a time, which holds the lock from its first write to its commit, so the order of positions is the order of commits and a
/// snapshot that holds a row holds all rows before it.
/// </remarks>
internal static class SqliteLogReader
{
    /// <summary>Rows that a page looks at when few of them are of its resource.</summary>
    private const int MaxRows = 20_000;

    /// <summary>What a row takes beside its images: its own columns and its place in a page of the file.</summary>
    private const int RowOverhead = 40;

    /// <summary>Reads a page; the connection is the caller's, with no transaction.</summary>
    public static LogPage ReadPage(SqliteConnection connection, ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, SqliteMisfits misfits)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var captures = ReadCaptures(connection, catalog, resourceName);
        var changes = new List<Change>();
        var resets = new List<CaptureReset>();
        LogPoint? through = null;
        var hasMore = false;

        using (var command = connection.Command("SELECT * FROM realtime_changelog WHERE position > $after ORDER BY position", ("$after", after.Major)))
        using (var reader = command.ExecuteReader())
        {
            var bytes = 0L;
            var rows = 0;
            Change? replaced = null;
            while (reader.Read())
            {
                if (replaced is null && (bytes >= maxBytes || rows >= MaxRows))
                {
                    hasMore = true;
                    break;
                }

                rows++;
                var point = new LogPoint(new(reader.GetInt64(0)), reader.GetInt64(1));
                through = point;
                var wasReplaced = replaced;
                replaced = null;
                if (!captures.TryGetValue(reader.GetInt64(3), out var capture))
                {
                    AddDelete(changes, wasReplaced);
                    continue;
                }

                var op = (int)reader.GetInt64(4);
                if (op == SqliteTriggers.Mark)
                {
                    AddDelete(changes, wasReplaced);
                    resets.Add(new(point, capture.ResourceName));
                    continue;
                }

                if (capture.Definition is not { } definition)
                {
                    AddDelete(changes, wasReplaced);
                    continue;
                }

                var change = ReadChange(reader, definition, point, op, misfits);
                bytes += change.Size;
                if (op == SqliteTriggers.Replace)
                {
                    AddDelete(changes, wasReplaced);
                    replaced = change;
                }
                else if (wasReplaced is null)
                {
                    changes.Add(change);
                }
                else if (op == SqliteTriggers.Insert && wasReplaced.Resource == definition && wasReplaced.Before!.Key.Equals(change.After!.Key))
                {
                    if (!ImageEquality.AreEqual(wasReplaced.Before.Values, change.After.Values))
                        changes.Add(change with { Before = wasReplaced.Before, Size = change.Size + wasReplaced.Size });
                }
                else
                {
                    AddDelete(changes, wasReplaced);
                    changes.Add(change);
                }
            }

            AddDelete(changes, replaced);
        }

        var state = ReadLog(connection);
        var before = FindPoint(connection, after, state.LowWater);
        return new()
        {
            LogId = state.LogId,
            Changes = changes,
            Resets = resets,
            Through = through ?? new(after, before?.Tag ?? state.LowWater.Tag),
            After = before,
            HasMore = hasMore,
            LowWater = state.LowWater.Position,
            SchemaVersion = state.SchemaVersion,
        };
    }

    /// <summary>The log's state in the transaction, with the starts of all active captures.</summary>
    public static LogState ReadState(SqliteConnection connection, LogPosition? find = null)
    {
        var log = ReadLog(connection);
        return new()
        {
            LogId = log.LogId,
            Head = FindPoint(connection, LogPosition.Max, log.LowWater) ?? log.LowWater,
            LowWater = log.LowWater,
            Found = find is { } position ? FindPoint(connection, position, log.LowWater) : null,
            CaptureStarts = connection.Rows(
                "SELECT resource, start_position FROM realtime_capture WHERE active ORDER BY capture",
                static reader => (Resource: reader.GetString(0), Start: new LogPosition(reader.GetInt64(1))))
                .GroupBy(start => start.Resource)
                .ToDictionary(group => group.Key, group => group.Last().Start),
            SchemaVersion = log.SchemaVersion,
        };
    }

    // Everything in the row is read by number: the order of the first five columns is that of the table, and the images follow.
    private static Change ReadChange(SqliteDataReader reader, ResourceDefinition definition, LogPoint point, int op, SqliteMisfits misfits)
    {
        var size = RowOverhead;
        var first = SqliteImage.Read(reader, definition, 5, ref size, misfits);
        var second = op == SqliteTriggers.Update ? SqliteImage.Read(reader, definition, 5 + definition.Columns.Count, ref size, misfits) : null;
        second?.ShareContentOf(first);
        return new()
        {
            Point = point,
            Resource = definition,
            Before = op == SqliteTriggers.Insert ? null : second ?? first,
            After = op is SqliteTriggers.Insert or SqliteTriggers.Update ? first : null,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
            Size = size,
        };
    }

    private static void AddDelete(List<Change> changes, Change? replaced)
    {
        if (replaced is not null)
            changes.Add(replaced);
    }

    /// <summary>The resources of the catalog by the captures that the log's rows name; with a definition where their images are of its form.</summary>
    private static Dictionary<long, (string ResourceName, ResourceDefinition? Definition)> ReadCaptures(
        SqliteConnection connection, ResourceCatalog catalog, string? resourceName)
    {
        var captures = new Dictionary<long, (string, ResourceDefinition?)>();
        using var command = connection.Command("SELECT capture, resource, fingerprint, active FROM realtime_capture");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var name = reader.GetString(1);
            if (catalog.Find(name) is not { } definition || (resourceName is not null && !name.Equals(resourceName, StringComparison.OrdinalIgnoreCase)))
                continue;
            var fits = reader.GetInt64(3) != 0 && reader.GetString(2) == definition.Fingerprint;
            captures.Add(reader.GetInt64(0), (definition.Name, fits ? definition : null));
        }

        return captures;
    }

    private static (string LogId, LogPoint LowWater, long SchemaVersion) ReadLog(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT id, low_position, low_tag, schema_version FROM realtime_log, pragma_schema_version");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            throw new SchemaChangedException("The change log has lost its row.");
        return (reader.GetString(0), new(new(reader.GetInt64(1)), reader.GetInt64(2)), reader.GetInt64(3));
    }

    /// <summary>The point of the newest row at or before a position; null when the log no longer reaches back to it.</summary>
    private static LogPoint? FindPoint(SqliteConnection connection, LogPosition position, LogPoint lowWater)
    {
        if (position < lowWater.Position)
            return null;
        using var command = connection.Command(
            "SELECT position, tag FROM realtime_changelog WHERE position <= $position ORDER BY position DESC LIMIT 1", ("$position", position.Major));
        using var reader = command.ExecuteReader();
        // The mark itself stands for the newest of the rows that are gone.
        return reader.Read() && reader.GetInt64(0) > lowWater.Position.Major ? new(new(reader.GetInt64(0)), reader.GetInt64(1)) : lowWater;
    }
}
