using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What a column is foreseen to make of a value is what it makes of it.</summary>
public sealed class SqliteStoredValueTests
{
    private static readonly string[] Types =
    [
        "INTEGER", "TEXT", "REAL", "NUMERIC", "DECIMAL(10,2)", "BOOLEAN", "DATE", "TIME", "DATETIME", "GUID", "BLOB", "VARBINARY(9)", "", "JSON", "STRING", "VARCHAR(5)",
    ];

    private static readonly FieldValue[] Values =
    [
        FieldValue.Null, FieldValue.Of(true), FieldValue.Of(0L), FieldValue.Of(-7L), FieldValue.Of(long.MaxValue), FieldValue.Of(9007199254740993L), FieldValue.Of(0.1), FieldValue.Of(5.0),
        FieldValue.Of(-0.0), FieldValue.Of(1e300), FieldValue.Of(1e-300), FieldValue.Of(9007199254740992.0), FieldValue.Of(4.5e15), FieldValue.Of(0.1m), FieldValue.Of(12.50m),
        FieldValue.Of(12345678901234567.89m), FieldValue.Of(0.0000000000000001m), FieldValue.Of(79228162514264337593543950335m), FieldValue.Of(""), FieldValue.Of("a"), FieldValue.Of("5"),
        FieldValue.Of(" 5 "), FieldValue.Of("5x"), FieldValue.Of("+5."), FieldValue.Of(".5e1"), FieldValue.Of("0123"), FieldValue.Of("1e5"), FieldValue.Of("1e"), FieldValue.Of("0x10"),
        FieldValue.Of("Infinity"), FieldValue.Of("NaN"), FieldValue.Of("99999999999999999999"), FieldValue.Of("a\0b"), FieldValue.Of("5\0"), FieldValue.Of("ä😀"), FieldValue.Of("1_000"), FieldValue.Of("(5)"),
        FieldValue.Of(new byte[] { 0, 255 }), FieldValue.Of(Array.Empty<byte>()), FieldValue.Of("5"u8.ToArray()), FieldValue.Of(new Guid("0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80")),
        FieldValue.Of(new DateOnly(2026, 11, 23)), FieldValue.Of(new TimeOnly(11, 6, 26).Add(TimeSpan.FromTicks(5))),
        FieldValue.Of(new DateTimeOffset(2026, 11, 23, 11, 6, 26, TimeSpan.FromHours(2)).AddTicks(1234567)),
    ];

    private static readonly FieldValueKind[] Times = [FieldValueKind.Guid, FieldValueKind.Date, FieldValueKind.Time, FieldValueKind.DateTime];

    [Fact]
    public async Task AsStored_OfAnyValueInAnyColumn_IsWhatTheColumnShows()
    {
        using var database = new TempDatabase($"CREATE TABLE T (Id INTEGER PRIMARY KEY, {string.Join(", ", Types.Select((type, i) => $"c{i} {type}"))})");
        var connections = new SqliteConnections(database.ConnectionString);
        var schema = (await new SqliteSchemaReader(connections, NullLogger<SqliteSchemaReader>.Instance).ReadAsync(TestContext.Current.CancellationToken)).Single();
        var columns = schema.Columns.Select((column, i) => new ColumnDefinition
        {
            Column = column.Name,
            Name = column.Name,
            Ordinal = i,
            Type = column.Type,
            DeclaredType = column.DeclaredType,
            Storage = column.Storage,
        }).ToList();
        foreach (var column in columns.Skip(1))
        {
            foreach (var value in Values)
            {
                // Only columns of dates and GUIDs have a form for them.
                if (Times.Contains(value.Kind) && !Times.Contains(value.Kind == FieldValueKind.Guid ? column.Type == FieldType.Guid ? value.Kind : default : SqliteStorage.Of(column).DateFormat is null ? default : value.Kind))
                    continue;
                // What digits SQLite gives a real as a text is its library's own matter; that it is another value is enough.
                if (column.Type == FieldType.String && value.Kind is (FieldValueKind.Real or FieldValueKind.Decimal))
                    continue;
                database.Execute("DELETE FROM T");
                database.Execute($"INSERT INTO T (Id, {column.Column}) VALUES (1, $value)", ("$value", SqliteProjection.Store(column, value)));
                var shown = SqliteProjection.Finish(column, Stored(database, column.Column));
                var foreseen = SqliteAffinities.AsStored(column, value);
                Assert.True(
                    (shown.Kind, shown.Fits, FieldIdentity.Of(column, shown)) == (foreseen.Kind, foreseen.Fits, FieldIdentity.Of(column, foreseen)),
                    $"{value.Kind} {value} in a column '{column.DeclaredType}' was foreseen as {foreseen.Kind} {foreseen} and is {shown.Kind} {shown}");
            }
        }

        connections.Clear();
    }

    private static object? Stored(TempDatabase database, string column)
    {
        // As bytes, since the library ends a text at a NUL.
        var type = (string)database.Execute($"SELECT typeof({column}) FROM T")!;
        var value = database.Execute(type == "text" ? $"SELECT CAST({column} AS BLOB) FROM T" : $"SELECT {column} FROM T");
        return type == "text" ? System.Text.Encoding.UTF8.GetString((byte[])value!) : value;
    }
}
