using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The form of a column, and of a value that does not fit it, in words or by an example that shows nothing of the value.</summary>
internal static class SqliteMisfitForm
{
    private const int LongestShape = 40;

    private static readonly DateTime Example = new DateTime(2026, 11, 23, 11, 6, 26, DateTimeKind.Utc).AddTicks(1_234_567);

    public static bool IsTime(ColumnDefinition column) => column.Type is FieldType.Date or FieldType.Time or FieldType.DateTime;

    /// <summary>What the column holds, e.g. <c>dates and times as 2026-11-23 11:06:26</c>.</summary>
    public static string Of(ColumnDefinition column) => column.Type switch
    {
        FieldType.Date => $"dates as {TimeForm(column)}",
        FieldType.Time => $"times as {TimeForm(column)}",
        FieldType.DateTime => $"dates and times as {TimeForm(column)}",
        FieldType.Guid when SqliteStorage.Of(column).GuidFormat == SqliteGuidFormat.Blob => "GUIDs as blobs of 16 bytes",
        FieldType.Guid => $"GUIDs as text in {(SqliteStorage.Of(column).GuidFormat == SqliteGuidFormat.Upper ? "upper" : "lower")} case",
        FieldType.Boolean => "booleans as 0 and 1",
        FieldType.Integer => "integers",
        FieldType.Decimal or FieldType.Double => "numbers",
        FieldType.Binary => "blobs",
        _ => "texts",
    };

    /// <summary>What the value is, where its text is no date or time in ISO 8601, e.g. <c>an integer</c>.</summary>
    public static string Of(ColumnDefinition column, in FieldValue value) => value.Kind switch
    {
        FieldValueKind.Integer => "an integer",
        FieldValueKind.Real => "a real number",
        FieldValueKind.Binary => "a blob",
        _ when value.Text.Length == 0 => "an empty text",
        _ when IsTime(column) && Shape(value.Text) is { } shape => $"a text of the shape {shape}",
        _ when column.Type == FieldType.Guid && Guid.TryParse(value.Text, out _) => "a GUID as text in another form",
        _ => "a text",
    };

    private static string TimeForm(ColumnDefinition column)
    {
        var storage = SqliteStorage.Of(column);
        if (storage.DateFormat is SqliteDateFormat.UnixSeconds or SqliteDateFormat.UnixMilliseconds or SqliteDateFormat.JulianDay)
            return storage.DateFormat.Value.ToString();
        // A column of dates holds nothing but midnights, and a fraction that may be left out would look as if it had to be there.
        var moment = column.Type == FieldType.Date ? Example.Date
            : storage.TextTime.Clock == SqliteClock.Trimmed ? Example.AddTicks(-(Example.Ticks % TimeSpan.TicksPerSecond))
            : Example;
        return (string)SqliteTime.Store(storage, moment);
    }

    /// <summary>The text with every digit made a zero, where it is digits and what stands between those of a date; else null.</summary>
    private static string? Shape(string text)
    {
        if (text.Length > LongestShape)
            return null;
        var shape = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) && !"-/.:,+ TZ".Contains(c, StringComparison.Ordinal))
                return null;
            shape.Append(char.IsAsciiDigit(c) ? '0' : c);
        }

        return shape.ToString();
    }
}
