using System.Buffers.Text;
using System.Globalization;

namespace RealtimeApi.Server.Resources;

/// <summary>The text of a value: what JSON strings and keys carry.</summary>
internal static class FieldText
{
    /// <summary>ISO 8601; a fraction only where there is one, <c>Z</c> for UTC.</summary>
    public static string Of(DateTimeOffset value) =>
        value.Offset == TimeSpan.Zero
            ? value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            : value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    public static string Of(DateOnly value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Of(TimeOnly value) => value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    /// <summary>The text of any value but null; a boolean is <c>true</c> or <c>false</c>, binary is base64.</summary>
    public static string Of(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Null => "",
        FieldValueKind.Boolean => value.Boolean ? "true" : "false",
        FieldValueKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Real => value.Real.ToString("R", CultureInfo.InvariantCulture),
        FieldValueKind.Decimal => value.Decimal.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Text => value.Text,
        FieldValueKind.Guid => value.Guid.ToString(),
        FieldValueKind.Binary => Convert.ToBase64String(value.Binary),
        FieldValueKind.Date => Of(value.Date),
        FieldValueKind.Time => Of(value.Time),
        FieldValueKind.DateTime => Of(value.DateTime),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, "Not a kind of value."),
    };

    /// <summary>
    /// The value of this type that a text names, in the forms that <see cref="Of(FieldValue)"/> writes and their usual variants; null where it names none.
    /// </summary>
    public static FieldValue? Parse(FieldType type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (type)
        {
            case FieldType.Boolean:
                return text is "true" ? FieldValue.Of(true) : text is "false" ? FieldValue.Of(false) : null;
            case FieldType.Integer:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var integer) ? FieldValue.Of(integer) : null;
            case FieldType.Decimal:
                return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, culture, out var number)
                    ? FieldValue.Of(number)
                    : null;
            case FieldType.Double:
                const NumberStyles realStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                return double.TryParse(text, realStyle, culture, out var real) && !double.IsNaN(real) ? FieldValue.Of(real) : null;
            case FieldType.String:
                return FieldValue.Of(text);
            case FieldType.Guid:
                return Guid.TryParseExact(text, "D", out var guid) ? FieldValue.Of(guid) : null;
            case FieldType.Binary:
                return Base64.IsValid(text) ? FieldValue.Of(Convert.FromBase64String(text)) : null;
            case FieldType.Date:
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date) ? FieldValue.Of(date) : null;
            case FieldType.Time:
                return TimeOnly.TryParseExact(text, ["HH:mm:ss.FFFFFFF", "HH:mm"], culture, DateTimeStyles.None, out var time) ? FieldValue.Of(time) : null;
            case FieldType.DateTime:
                return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"], culture,
                    DateTimeStyles.AssumeUniversal, out var instant) ? FieldValue.Of(instant) : null;
            default:
                return null;
        }
    }
}
