using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Brings a parsed literal into the form of the operand that it is compared with, or says that it does not fit.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>An integer operand takes every number (whole ones as integers, others as they are), a decimal one likewise as decimals, a double one as doubles.</item>
/// <item>A date, time or guid operand takes its own literal, or the same text in quotes; a point in time also a date, its midnight in UTC.</item>
/// <item>A field without a type takes strings and numbers, and compares only with stored values of that kind.</item>
/// </list>
/// </remarks>
internal static class LiteralReader
{
    private const NumberStyles DecimalStyle = NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite);

    /// <param name="type">The operand's type.</param>
    /// <param name="literal">What the parser made of the literal; null for null.</param>
    /// <param name="value">The value in the operand's form.</param>
    public static bool TryRead(FieldType type, object? literal, out FieldValue value)
    {
        var read = literal is null ? FieldValue.Null : type switch
        {
            FieldType.Boolean => literal is bool boolean ? FieldValue.Of(boolean) : null,
            FieldType.Integer => Number(literal),
            FieldType.Decimal => Number(literal) is { Kind: FieldValueKind.Integer } whole ? FieldValue.Of((decimal)whole.Integer) : Number(literal),
            FieldType.Double => Real(literal),
            FieldType.String => literal is string text ? FieldValue.Of(text) : null,
            FieldType.Guid => literal switch
            {
                Guid guid => FieldValue.Of(guid),
                string text when Guid.TryParseExact(text, "D", out var guid) => FieldValue.Of(guid),
                _ => null,
            },
            FieldType.Date => literal switch
            {
                DateOnly date => FieldValue.Of(date),
                string text when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => FieldValue.Of(date),
                _ => null,
            },
            FieldType.Time => literal switch
            {
                TimeOnly time => FieldValue.Of(time),
                string text when TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) =>
                    FieldValue.Of(time),
                _ => null,
            },
            FieldType.DateTime => Moment(literal),
            FieldType.Any => literal is string text ? FieldValue.Of(text) : Number(literal) is { Kind: FieldValueKind.Decimal } ? Real(literal) : Number(literal),
            _ => (FieldValue?)null,
        };
        value = read ?? FieldValue.Null;
        return read is not null;
    }

    /// <summary>A whole number as an integer where it is one, else a decimal where that holds it exactly, else a double.</summary>
    private static FieldValue? Number(object literal)
    {
        switch (literal)
        {
            case int number:
                return FieldValue.Of((long)number);
            case long number:
                return FieldValue.Of(number);
            case decimal number:
                return Shortest(number);
            // The parser takes the smallest type that keeps the digits: 0.1 comes as a float, and its shortest text is what was written.
            case float number when float.IsFinite(number):
                return OfText(number.ToString("R", CultureInfo.InvariantCulture));
            case double number when double.IsFinite(number):
                return OfText(number.ToString("R", CultureInfo.InvariantCulture));
            default:
                return null;
        }
    }

    private static FieldValue OfText(string text)
    {
        var real = double.Parse(text, CultureInfo.InvariantCulture);
        return decimal.TryParse(text, DecimalStyle, CultureInfo.InvariantCulture, out var number) && (double)number == real
            ? Shortest(number)
            : FieldValue.Of(real);
    }

    private static FieldValue Shortest(decimal number) =>
        number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue ? FieldValue.Of((long)number) : FieldValue.Of(number);

    private static FieldValue? Real(object literal) => Number(literal) switch
    {
        { Kind: FieldValueKind.Integer } number => FieldValue.Of((double)number.Integer),
        { Kind: FieldValueKind.Decimal } number => FieldValue.Of(double.Parse(number.ToString(), CultureInfo.InvariantCulture)),
        var number => number,
    };

    private static FieldValue? Moment(object literal)
    {
        switch (literal)
        {
            case DateTimeOffset moment:
                return FieldValue.Of(moment.ToUniversalTime());
            case DateOnly date:
                return FieldValue.Of(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
            case string text when DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var moment):
                return FieldValue.Of(moment);
            default:
                return null;
        }
    }
}
