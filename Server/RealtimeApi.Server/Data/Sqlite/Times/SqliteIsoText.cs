using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>A text of a date, a time or both in any of the forms of ISO 8601 that programs write, the column's or another.</summary>
/// <param name="Example">Another date and time in the same form; nothing of it but the form is the text's.</param>
/// <param name="HasDate">Whether there is a date.</param>
/// <param name="HasClock">Whether there is a time of day.</param>
/// <param name="HasSeconds">Whether the time has seconds.</param>
/// <param name="Digits">The digits of the seconds' fraction.</param>
/// <param name="Exists">Whether there is such a day and such a time.</param>
internal sealed partial record SqliteIsoText(string Example, bool HasDate, bool HasClock, bool HasSeconds, int Digits, bool Exists)
{
    /// <returns>Null where the text is of no such form.</returns>
    public static SqliteIsoText? Parse(string text)
    {
        var groups = Form().Match(text).Groups;
        var (date, clock, seconds, fraction) = (groups["date"], groups["clock"], groups["seconds"], groups["fraction"]);
        if (!date.Success && !clock.Success)
            return null;
        var example = (date.Success ? "2026-11-23" : "")
            + groups["separator"].Value
            + (clock.Success ? "11:06" : "")
            + (seconds.Success ? ":26" : "")
            + (fraction.Success ? "." + ExampleOfFraction(fraction.Value) : "")
            + ExampleOfSuffix(groups["suffix"].Value);
        var exists = (!date.Success || SqliteTimeText.TryParseDate(Encoding.ASCII.GetBytes(date.Value), out _))
            && (!clock.Success || (Number(groups["hour"]) < 24 && Number(groups["minute"]) < 60))
            && (!seconds.Success || Number(seconds) < 60);
        return new(example, date.Success, clock.Success, seconds.Success, fraction.Length, exists);
    }

    // Forms differ in whether a fraction may be zero, or end in one.
    private static string ExampleOfFraction(string fraction) =>
        !HasMoreThanZeros(fraction) ? fraction : fraction.EndsWith('0') ? "123456789"[..(fraction.Length - 1)] + "0" : "123456789"[..fraction.Length];

    private static string ExampleOfSuffix(string suffix)
    {
        var digits = 0;
        return HasMoreThanZeros(suffix) ? string.Concat(suffix.Select(c => !char.IsAsciiDigit(c) ? c : digits++ == 1 ? '2' : '0')) : suffix;
    }

    private static bool HasMoreThanZeros(string text) => text.AsSpan().IndexOfAnyInRange('1', '9') >= 0;

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """
        ^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})?
        (?<separator>(?<=[0-9])[ Tt](?=[0-9]))?
        (?<clock>(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<seconds>[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?)?(?<suffix>[ ]?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))?)?\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Form();
}
