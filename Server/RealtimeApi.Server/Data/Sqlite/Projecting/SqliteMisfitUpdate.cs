using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The statement that brings the values of another form into their column's, where SQLite's own functions do so without loss.</summary>
internal static class SqliteMisfitUpdate
{
    // SQLite's times have three digits of a second.
    private const int SqliteDigits = 3;

    /// <returns>Null where there is no such statement.</returns>
    public static string? Of(ResourceDefinition resource, ColumnDefinition column, SqliteIsoText text)
    {
        if (column.ReadOnly || resource.IsView || !text.Exists || text.Digits > SqliteDigits || (column.Type == FieldType.Date && text.HasClock) || !IsReadBySqlite(text))
            return null;
        var name = SqliteName.Quote(column.Column);
        // A text that the functions do not know stays as it is: what they make of it is null.
        return Convert(SqliteStorage.Of(column), name, text) is { } value
            ? $"UPDATE {SqliteName.Quote(resource.Table.Name)} SET {name} = coalesce({value}, {name}) WHERE {name} GLOB {SqliteName.Literal(Pattern(text.Example))}"
            : null;
    }

    private static string? Convert(SqliteStorage storage, string name, SqliteIsoText text) => storage.DateFormat switch
    {
        SqliteDateFormat.TextTime => text is { HasDate: false, HasClock: true } ? Clock(storage.TextTime, name, "", text) : null,
        _ when !text.HasDate => null,
        SqliteDateFormat.TextDate => text.HasClock ? null : $"date({name})",
        SqliteDateFormat.TextSpace => Clock(storage.TextTime, name, "%Y-%m-%d ", text),
        SqliteDateFormat.TextT => Clock(storage.TextTime, name, "%Y-%m-%dT", text),
        SqliteDateFormat.UnixSeconds when text.Digits == 0 => $"CAST(strftime('%s', {name}) AS INTEGER)",
        SqliteDateFormat.UnixMilliseconds when text.Digits == 0 => $"CAST(strftime('%s', {name}) AS INTEGER) * 1000",
        SqliteDateFormat.JulianDay => $"julianday({name})",
        _ => null,
    };

    private static string? Clock(SqliteTextTime form, string name, string date, SqliteIsoText text)
    {
        return form switch
        {
            { Clock: SqliteClock.Minutes } => text.HasSeconds ? null : Formatted("%H:%M"),
            { Clock: SqliteClock.Fixed, Digits: SqliteDigits } => Formatted("%H:%M:%f"),
            { Clock: SqliteClock.Fixed, Digits: > SqliteDigits } => Formatted("%H:%M:%f" + new string('0', form.Digits - SqliteDigits)),
            _ when text.Digits == 0 => form is { Clock: SqliteClock.Fixed, Digits: > 0 } ? Formatted($"%H:%M:%S.{new string('0', form.Digits)}") : Formatted("%H:%M:%S"),
            { Clock: SqliteClock.Trimmed } => $"rtrim(rtrim(strftime('{date}%H:%M:%f', {name}), '0'), '.')" + (form.Suffix.Length > 0 ? $" || '{form.Suffix}'" : ""),
            _ => null,
        };

        string Formatted(string clock) => $"strftime('{date}{clock}{form.Suffix}', {name})";
    }

    // SQLite knows neither a small t nor an offset without a colon, and a time without a day has no other zone's time.
    private static bool IsReadBySqlite(SqliteIsoText text)
    {
        var clock = text.Example[Math.Max(text.Example.IndexOf(':', StringComparison.Ordinal), 0)..];
        var sign = text.HasClock ? clock.IndexOfAny(['+', '-']) : -1;
        return !text.Example.Contains('t', StringComparison.Ordinal) && (sign < 0 || (text.HasDate && clock.Length - sign == "+02:00".Length));
    }

    private static string Pattern(string example) => string.Concat(example.Select(static c => char.IsAsciiDigit(c) ? "[0-9]" : c.ToString()));
}
