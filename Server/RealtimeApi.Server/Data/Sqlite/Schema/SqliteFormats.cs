using System.Text.RegularExpressions;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The forms that a column's values may have, and the choice among them.</summary>
internal static partial class SqliteFormats
{
    /// <summary>The column with the form that fits most of the samples; with the usual one where there are none.</summary>
    public static ColumnSchema Choose(ColumnSchema column, IReadOnlyList<object> samples)
    {
        var storage = (SqliteStorage)column.Storage!;
        var candidates = column.Type switch
        {
            FieldType.Guid => Enum.GetValues<SqliteGuidFormat>().Select(format => storage with { GuidFormat = format }).ToList(),
            _ => [.. FormsOf(samples).Select(form => storage with { DateFormat = form.Format, TextTime = form.Text })],
        };
        // A DATE column may hold times of day, and is then one of points in time.
        var type = column.Type == FieldType.Date ? FieldType.DateTime : column.Type;
        var best = candidates
            .Select(candidate => (Storage: candidate, Fits: Count(column, type, candidate, samples)))
            .Where(candidate => candidate.Fits > 0)
            .DefaultIfEmpty((Storage: Default(column.Type, storage), Fits: 0))
            .MaxBy(candidate => candidate.Fits);
        if (column.Type == FieldType.Date && Count(column, FieldType.Date, best.Storage, samples) == best.Fits)
            type = FieldType.Date;
        return column with { Type = type, Storage = best.Storage };
    }

    /// <summary>The column with a configured form: a word, or an example of its text; null where it is none.</summary>
    public static ColumnSchema? Parse(ColumnSchema column, string format)
    {
        var storage = (SqliteStorage)column.Storage!;
        foreach (var word in (SqliteDateFormat[])[SqliteDateFormat.UnixSeconds, SqliteDateFormat.UnixMilliseconds, SqliteDateFormat.JulianDay])
            if (string.Equals(format, word.ToString(), StringComparison.OrdinalIgnoreCase))
                return column with { Type = FieldType.DateTime, Storage = storage with { DateFormat = word } };
        var type = !Shape().Match(format).Groups["date"].Success ? FieldType.Time
            : Shape().Match(format).Groups["clock"].Success ? FieldType.DateTime
            : FieldType.Date;
        var chosen = Choose(column with { Type = type }, [format]);
        return Count(chosen, chosen.Type, (SqliteStorage)chosen.Storage!, [format]) == 1 ? chosen : null;
    }

    private static SqliteStorage Default(FieldType type, SqliteStorage storage) => type switch
    {
        FieldType.Guid => storage with { GuidFormat = SqliteGuidFormat.Upper },
        FieldType.Date => storage with { DateFormat = SqliteDateFormat.TextDate },
        FieldType.Time => storage with { DateFormat = SqliteDateFormat.TextTime },
        _ => storage with { DateFormat = SqliteDateFormat.TextSpace },
    };

    private static int Count(ColumnSchema column, FieldType type, SqliteStorage storage, IReadOnlyList<object> samples)
    {
        var definition = new ColumnDefinition
        {
            Column = column.Name,
            Name = column.Name,
            Ordinal = 0,
            Type = type,
            DeclaredType = column.DeclaredType,
            Storage = storage,
        };
        return samples.Count(sample => SqliteProjection.Finish(definition, sample).Fits);
    }

    // A sample that says little (whole seconds) does not outrank one that says more (six digits).
    private static IEnumerable<(SqliteDateFormat Format, SqliteTextTime Text)> FormsOf(IReadOnlyList<object> samples) => samples
        .SelectMany(FormsOf)
        .GroupBy(form => (form.Format, form.Text), form => form.Rank)
        .OrderBy(group => group.Max())
        .Select(group => group.Key);

    private static IEnumerable<Form> FormsOf(object sample)
    {
        switch (sample)
        {
            // Seconds reach this number in the year 5138, milliseconds did in 1973.
            case long value when Math.Abs(value) < 100_000_000_000:
                yield return new(SqliteDateFormat.UnixSeconds, SqliteTextTime.Default, 0);
                break;
            case long:
                yield return new(SqliteDateFormat.UnixMilliseconds, SqliteTextTime.Default, 0);
                break;
            case double:
                yield return new(SqliteDateFormat.JulianDay, SqliteTextTime.Default, 0);
                break;
            case string text when Shape().Match(text) is { Success: true } match:
                foreach (var form in TextForms(match))
                    yield return form;
                break;
        }
    }

    private static IEnumerable<Form> TextForms(Match match)
    {
        var (hasDate, hasClock) = (match.Groups["date"].Success, match.Groups["clock"].Success);
        if (!hasClock)
        {
            if (hasDate)
                yield return new(SqliteDateFormat.TextDate, SqliteTextTime.Default, 0);
            yield break;
        }

        var format = !hasDate ? SqliteDateFormat.TextTime : match.Groups["separator"].ValueSpan is "T" ? SqliteDateFormat.TextT : SqliteDateFormat.TextSpace;
        var suffix = match.Groups["suffix"].Value;
        var digits = match.Groups["fraction"].Length;
        if (!match.Groups["seconds"].Success)
        {
            yield return new(format, new(SqliteClock.Minutes, 0, suffix), 0);
            yield break;
        }

        // On a tie the lower rank wins: a fraction of varying length is how .NET writes it; three digits come from JavaScript and strftime, which
        // always write three; six come from Python, which leaves a zero fraction out.
        var usesFixed = digits is 3 or 6;
        if (suffix != "Z")
        {
            yield return new(format, new(SqliteClock.Trimmed, 0, suffix), usesFixed ? 3 : 0);
            if (digits > 0)
                yield return new(format, new(SqliteClock.FixedOrNone, digits, suffix), digits == 6 ? 1 : 2);
        }

        yield return new(format, new(SqliteClock.Fixed, digits, suffix), digits == 3 ? 1 : 2);
    }

    [GeneratedRegex(
        @"^(?<date>\d{4}-\d\d-\d\d)?(?<separator>[ T])?(?<clock>\d\d:\d\d(?<seconds>:\d\d(\.(?<fraction>\d{1,7}))?)?(?<suffix>Z|\+00:00)?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();

    private sealed record Form(SqliteDateFormat Format, SqliteTextTime Text, int Rank);
}
