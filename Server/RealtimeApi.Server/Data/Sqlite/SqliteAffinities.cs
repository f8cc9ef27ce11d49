using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>What a column makes of what is written to it (sqlite.org/datatype3.html, section 3).</summary>
internal static class SqliteAffinities
{
    // SQLite makes an integer of a real in a numeric column where nothing is lost; beyond this, not every one is told from its neighbours.
    private const double ExactIntegers = 9007199254740992;

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
            double number => Whole(number),
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
        return text.AsSpan().ContainsAnyInRange('0', '9') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? Whole(real) : null;
    }

    private static object Whole(double number) => number == Math.Floor(number) && Math.Abs(number) < ExactIntegers ? (long)number : number;
}
