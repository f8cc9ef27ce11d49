namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The details of a column's dates and times as text.</summary>
/// <param name="Clock">How seconds are written.</param>
/// <param name="Digits">The digits of the fraction for <see cref="SqliteClock.Fixed"/> and <see cref="SqliteClock.FixedOrNone"/>, 1 to 7.</param>
/// <param name="Suffix">What follows: nothing, <c>Z</c> or <c>+00:00</c>.</param>
internal sealed record SqliteTextTime(SqliteClock Clock, int Digits = 0, string Suffix = "")
{
    public static readonly SqliteTextTime Default = new(SqliteClock.Trimmed);
}
