namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The details of a column's dates and times as text.</summary>
/// <remarks>
/// Every form sorts by time. A fraction of varying length before a <c>Z</c> would not (<c>.</c> sorts before it), so that <c>Z</c> goes with
/// <see cref="SqliteClock.Fixed"/> and <see cref="SqliteClock.Minutes"/> only; <c>+</c> sorts before both.
/// </remarks>
/// <param name="Clock">How seconds are written.</param>
/// <param name="Digits">The digits of the fraction for <see cref="SqliteClock.Fixed"/> and <see cref="SqliteClock.FixedOrNone"/>, 0 to 7.</param>
/// <param name="Suffix">What follows: nothing, <c>Z</c> or <c>+00:00</c>.</param>
internal sealed record SqliteTextTime(SqliteClock Clock, int Digits = 0, string Suffix = "")
{
    public static readonly SqliteTextTime Default = new(SqliteClock.Trimmed);
}
