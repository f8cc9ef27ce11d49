using System.Globalization;
using CsCheck;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>SQL and memory judge every stored value alike, for every type and form of column.</summary>
public sealed class SqliteProjectionPropertyTests
{
    private static readonly string[] Suffixes = ["", "Z", "+00:00"];

    private static readonly Gen<string> Clock = Gen.Select(
        Gen.Int[0, 24], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[-3, 8], Gen.Int[0, 99999999], Pick(Suffixes),
        (h, m, s, digits, fraction, suffix) => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{m:00}")
            + (digits < -1 ? "" : string.Create(CultureInfo.InvariantCulture, $":{s:00}"))
            + (digits < 1 ? "" : "." + (fraction % 3 == 0 ? "00000000" : fraction.ToString("D8", CultureInfo.InvariantCulture))[..digits])
            + suffix);

    private static readonly Gen<string> Day = Gen.OneOf(
        Gen.Date[new DateTime(1, 1, 1), new DateTime(9999, 12, 31)].Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        Pick("2026-11-23", "2026-02-29", "2024-02-29", "2026-02-31", "0000-01-01", "2026-13-01", "2026-00-10", "2026-1-1", "20261123", "9999-12-31", "1969-12-31"));

    private static readonly Gen<object> Stored = Gen.OneOf<object>(
        Gen.OneOf(Gen.Long, Gen.Long[-3, 3], Gen.Long[-90_000, 90_000], Gen.Int[-40000, 40000].Select(d => d * 86400L), Gen.Int[-40000, 40000].Select(d => d * 86400000L)).Select(v => (object)v),
        Gen.OneOf(Gen.Double, Gen.Double[-1000, 1000].Select(v => Math.Round(v, 2)), Gen.Int[0, 400_000_000].Select(ms => (210866760000000 + ms) / 86400000.0),
            Gen.Double[0, 6_000_000], Pick(0.0, -0.0, double.PositiveInfinity, double.NegativeInfinity, 1e-30, 5.551115123125783E-17, 1e30, 9007199254740993.5)).Where(v => !double.IsNaN(v)).Select(v => (object)v),
        Gen.OneOf(
            Day,
            Clock,
            Gen.Select(Day, Pick(" ", "T", "  ", "t"), Clock, (d, s, c) => d + s + c),
            Gen.Select(Day, Pick(" 00:00:00", "T00:00:00.000Z", " 00:00:00\0", " 00:00:00 ", " 00:00:00.5\0"), (d, c) => d + c),
            Gen.Guid.Select(g => g.ToString()),
            Gen.Guid.Select(g => g.ToString().ToUpperInvariant()),
            Gen.Guid.Select(g => g.ToString() + "\0"),
            Gen.String[Gen.Char["ab AB1\0é.-"], 0, 6],
            Pick("true", "5", " 7", "1e3", "", "now", "ſ", "\uFFFF", "\U0001F600")).Select(v => (object)v),
        Gen.OneOf(Gen.Byte.Array[0, 4], Gen.Byte.Array[16]).Select(v => (object)v));

    public static TheoryData<string, string, string> Columns()
    {
        var data = new TheoryData<string, string, string>
        {
            { "INTEGER", "Integer", "" }, { "BOOLEAN", "Boolean", "" }, { "DECIMAL(10,2)", "Decimal", "" }, { "REAL", "Double", "" },
            { "TEXT", "String", "" }, { "BLOB", "Binary", "" }, { "VARBINARY", "Binary", "" }, { "", "Any", "" },
        };
        foreach (var format in Enum.GetNames<SqliteGuidFormat>())
            data.Add("UUID", "Guid", format);
        foreach (var format in (string[])["UnixSeconds", "UnixMilliseconds", "JulianDay", "TextDate"])
        {
            data.Add("DATE", "Date", format);
            data.Add("DATETIME", "DateTime", format);
        }

        foreach (var form in (string[])["Trimmed 0 ", "Trimmed 0 +00:00", "Fixed 0 Z", "Fixed 3 ", "Fixed 3 Z", "Fixed 7 +00:00", "FixedOrNone 6 ", "FixedOrNone 3 +00:00", "Minutes 0 ", "Minutes 0 Z"])
        {
            data.Add("TIME", "Time", "TextTime " + form);
            data.Add("DATE", "Date", "TextSpace " + form);
            data.Add("DATETIME", "DateTime", "TextSpace " + form);
            data.Add("TEXT", "DateTime", "TextT " + form);
        }

        return data;
    }

    [Theory, MemberData(nameof(Columns))]
    public void StoredValue_OfAnyKind_FitsComparesAndReturnsAsSqlSays(string declared, string type, string form) =>
        Stored.Array[1, 60].Sample(
            values =>
            {
                using var column = Make(declared, type, form);
                // Half of them in the column's own form, so that enough fit.
                foreach (var value in values)
                {
                    column.Insert(value);
                    if (SqliteProjection.Finish(column.Definition, value is double d && d == Math.Floor(d) ? d : value) is { } finished && Reform(column.Definition, finished) is { } own)
                        column.Insert(own);
                }

                var rows = column.ReadAll();
                foreach (var (stored, read, fits) in rows)
                {
                    var finished = SqliteProjection.Finish(column.Definition, stored);
                    if (stored is not string text || !text.Contains('\0', StringComparison.Ordinal))
                        Assert.Equal(FieldIdentity.Of(column.Definition, finished), FieldIdentity.Of(column.Definition, read));
                    Assert.True(fits == (read.Fits && !read.IsNull), $"{Show(stored)} fits in SQL: {fits}, in memory: {read.Fits}");
                }

                for (var i = 0; i < rows.Count; i++)
                {
                    var value = rows[i].Read;
                    if (value.IsNull)
                        continue;
                    var compared = column.CompareAll(SqliteProjection.Store(column.Definition, value)!);
                    Assert.True(compared[i] == 0, $"{Show(rows[i].Stored)} is not equal to what Store makes of it");
                    for (var j = 0; j < rows.Count; j++)
                    {
                        var other = rows[j].Read;
                        if (other.IsNull || !value.Fits || !other.Fits)
                            continue;
                        var same = FieldIdentity.Of(column.Definition, value) == FieldIdentity.Of(column.Definition, other);
                        Assert.True(same == (compared[j] == 0), $"{Show(rows[i].Stored)} and {Show(rows[j].Stored)}: equal in SQL: {compared[j] == 0}, in memory: {same}");
                        if (SortsAlike(column.Definition) && FieldOrder.TryCompare(column.Definition, other, value, out var order))
                            Assert.True(Math.Sign(order) == compared[j], $"{Show(rows[j].Stored)} against {Show(rows[i].Stored)} is {compared[j]} in SQL, {order} in memory");
                    }
                }
            },
            iter: 25);

    // GUIDs as blobs sort by their bytes.
    private static bool SortsAlike(ColumnDefinition column) => column.Type != FieldType.Guid || SqliteStorage.Of(column).GuidFormat != SqliteGuidFormat.Blob;

    private static object? Reform(ColumnDefinition column, FieldValue value)
    {
        var storage = SqliteStorage.Of(column);
        if (storage.DateFormat is null || value.Kind != FieldValueKind.Text)
            return null;
        var text = value.Text.TrimEnd('Z');
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? SqliteTime.Store(storage, column.Type == FieldType.Date ? time.Date : time)
            : null;
    }

    private static StoredColumn Make(string declared, string type, string form)
    {
        var words = form.Split(' ');
        return new(declared, Enum.Parse<FieldType>(type), storage => form.Length == 0 ? storage
            : type == "Guid" ? storage with { GuidFormat = Enum.Parse<SqliteGuidFormat>(form) }
            : storage with
            {
                DateFormat = Enum.Parse<SqliteDateFormat>(words[0]),
                TextTime = words.Length == 1 ? SqliteTextTime.Default : new(Enum.Parse<SqliteClock>(words[1]), int.Parse(words[2], CultureInfo.InvariantCulture), words[3]),
            });
    }

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Show(object? stored) => stored switch
    {
        null => "null",
        byte[] blob => $"x'{Convert.ToHexString(blob)}'",
        string text => $"'{text.Replace("\0", "\\0", StringComparison.Ordinal)}'",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(stored, CultureInfo.InvariantCulture)!,
    };
}
