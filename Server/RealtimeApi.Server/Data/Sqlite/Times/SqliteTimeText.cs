using System.Globalization;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The texts of dates and clocks, in memory and as a condition in SQL: both take exactly the same.</summary>
internal static class SqliteTimeText
{
    /// <summary><c>yyyy-MM-dd</c>, a day that exists.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out DateOnly date)
    {
        date = default;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..], out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        date = new(year, month, day);
        return true;
    }

    /// <summary>A time of day in exactly this form.</summary>
    public static bool TryParseClock(ReadOnlySpan<byte> text, SqliteTextTime form, out long ticks)
    {
        ticks = 0;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hour) || !TryDigits(text[3..5], out var minute) || hour > 23 || minute > 59)
            return false;
        var rest = text[5..];
        var second = 0;
        if (form.Clock != SqliteClock.Minutes)
        {
            if (rest.Length < 3 || rest[0] != ':' || !TryDigits(rest[1..3], out second) || second > 59)
                return false;
            rest = rest[3..];
        }
        if (!EndsWith(rest, form.Suffix) || !TryParseFraction(rest[..^form.Suffix.Length], form, out var fraction))
            return false;
        ticks = (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
        return true;
    }

    public static string FormatClock(DateTime value, SqliteTextTime form)
    {
        var fraction = value.Ticks % TimeSpan.TicksPerSecond;
        var digits = fraction.ToString("D7", CultureInfo.InvariantCulture);
        var tail = form.Clock switch
        {
            SqliteClock.Minutes => "",
            SqliteClock.Trimmed => ("." + digits.TrimEnd('0')).TrimEnd('.'),
            SqliteClock.FixedOrNone when digits.AsSpan(0, form.Digits).TrimStart('0').IsEmpty => "",
            _ when form.Digits == 0 => "",
            _ => "." + digits[..form.Digits],
        };
        return value.ToString(form.Clock == SqliteClock.Minutes ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture) + tail + form.Suffix;
    }

    /// <summary>A condition that holds where <paramref name="expression"/> has a clock of this form from this character (counted from 1) to its end.</summary>
    public static string ClockFits(string expression, int start, SqliteTextTime form)
    {
        var suffix = form.Suffix;
        // SQLite knows an hour 24; .NET does not.
        var hour = $"substr({expression}, {start}, 2) < '24'";
        if (form.Clock == SqliteClock.Minutes)
            return $"{hour} AND strftime('%H:%M', substr({expression}, {start}, 5)) IS substr({expression}, {start}, 5) AND substr({expression}, {start + 5}) = '{suffix}'";
        var clock = $"{hour} AND strftime('%H:%M:%S', substr({expression}, {start}, 8)) IS substr({expression}, {start}, 8)";
        var rest = $"substr({expression}, {start + 8})";
        var digits = string.Concat(Enumerable.Repeat("[0-9]", form.Digits));
        return clock + " AND " + form.Clock switch
        {
            SqliteClock.Fixed when form.Digits == 0 => $"{rest} = '{suffix}'",
            SqliteClock.Fixed => $"{rest} GLOB '.{digits}{suffix}'",
            SqliteClock.FixedOrNone =>
                $"({rest} = '{suffix}' OR ({rest} GLOB '.{digits}{suffix}' AND {rest} <> '.{new string('0', form.Digits)}{suffix}'))",
            _ => $"({rest} = '{suffix}' OR (length({rest}) BETWEEN {2 + suffix.Length} AND {8 + suffix.Length} AND {rest} GLOB '.*[1-9]{suffix}'"
                + $" AND substr({rest}, 2, length({rest}) - {1 + suffix.Length}) NOT GLOB '*[^0-9]*'))",
        };
    }

    private static bool TryParseFraction(ReadOnlySpan<byte> text, SqliteTextTime form, out int ticks)
    {
        ticks = 0;
        if (text.IsEmpty)
            return form.Clock != SqliteClock.Fixed || form.Digits == 0;
        if (form.Clock == SqliteClock.Minutes || text[0] != '.' || text.Length is < 2 or > 8 || !TryDigits(text[1..], out ticks))
            return false;
        var digits = text.Length - 1;
        var isOneForm = form.Clock switch
        {
            SqliteClock.Trimmed => text[^1] != '0',
            SqliteClock.FixedOrNone => digits == form.Digits && ticks != 0,
            _ => digits == form.Digits,
        };
        for (; digits < 7; digits++)
            ticks *= 10;
        return isOneForm;
    }

    private static bool EndsWith(ReadOnlySpan<byte> text, string suffix)
    {
        if (text.Length < suffix.Length)
            return false;
        for (var i = 0; i < suffix.Length; i++)
            if (text[text.Length - suffix.Length + i] != suffix[i])
                return false;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + c - '0';
        }
        return true;
    }
}
