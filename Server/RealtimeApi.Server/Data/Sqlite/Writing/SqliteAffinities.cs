using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>What a column makes of what is written to it (sqlite.org/datatype3.html, section 3).</summary>
internal static class SqliteAffinities
{
    // 2^63: SQLite makes an integer of every whole number that is one of 64 bits.
    private const double IntegersEnd = 9223372036854775808;

    /// <inheritdoc cref="IItemWrites.AsStored"/>
    public static FieldValue AsStored(ColumnDefinition column, FieldValue value) =>
        SqliteProjection.Finish(column, Convert(SqliteStorage.Of(column).Affinity, SqliteProjection.Store(column, value)));

    private static object? Convert(SqliteAffinity affinity, object? value) => affinity switch
    {
        SqliteAffinity.Text => value switch
        {
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            _ => value,
        },
        SqliteAffinity.Integer or SqliteAffinity.Numeric => value switch
        {
            string text => Number(text) ?? text,
            double number when IsWhole(number) => (long)number,
            _ => value,
        },
        SqliteAffinity.Real => value switch
        {
            long number => (double)number,
            string text => Number(text) switch { long number => (double)number, double number => number, _ => text },
            _ => value,
        },
        _ => value,
    };

    private static object? Number(string text)
    {
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer))
            return integer;
        // Not the names of infinity and the like, which SQLite takes for text.
        if (!text.AsSpan().ContainsAnyInRange('0', '9') || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
            return null;
        if (IsWhole(real))
            return (long)real;
        return real;
    }

    private static bool IsWhole(double number) => number == Math.Floor(number) && Math.Abs(number) < IntegersEnd;
}
