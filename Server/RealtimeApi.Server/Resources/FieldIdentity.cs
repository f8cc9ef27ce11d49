using System.Globalization;

namespace RealtimeApi.Server.Resources;

/// <summary>A text that two values of a column share exactly when the database calls them equal (type, collation); the key of hash look-ups.</summary>
/// <remarks>Equal values never share one with a misfit: a number is <c>#5</c>, the text of it <c>t5</c>.</remarks>
internal static class FieldIdentity
{
    public static string Of(ColumnDefinition column, FieldValue value)
    {
        var culture = CultureInfo.InvariantCulture;
        return value.Kind switch
        {
            FieldValueKind.Null => "n",
            FieldValueKind.Boolean => value.Boolean ? "yes" : "no",
            FieldValueKind.Integer when column.Type == FieldType.Double => OfReal(value.Integer),
            FieldValueKind.Integer => "#" + value.Integer.ToString(culture),
            FieldValueKind.Real => OfReal(value.Real),
            FieldValueKind.Decimal when column.Type == FieldType.Double => OfReal((double)value.Decimal),
            FieldValueKind.Decimal => "#" + WithoutTrailingZeros(value.Decimal).ToString(culture),
            FieldValueKind.Text => "t" + (column.TextRules is { } rules ? rules.Normalize(value.Text) : value.Text),
            FieldValueKind.Guid => "g" + value.Guid.ToString("N"),
            FieldValueKind.Binary => "b" + Convert.ToHexString(value.Binary),
            FieldValueKind.Date => "D" + value.Date.DayNumber.ToString(culture),
            FieldValueKind.Time => "T" + value.Time.Ticks.ToString(culture),
            FieldValueKind.DateTime => "U" + value.DateTime.UtcTicks.ToString(culture),
            _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, "Not a kind of value."),
        };
    }

    // 5 and 5.0 are equal where a column holds both.
    private static string OfReal(double value) =>
        Math.Abs(value) < 9.2e18 && value == Math.Floor(value)
            ? "#" + ((long)value).ToString(CultureInfo.InvariantCulture)
            : "#" + value.ToString("R", CultureInfo.InvariantCulture);

    // Divided by 1 with 28 zeros, a decimal loses those it does not need.
    private static decimal WithoutTrailingZeros(decimal value) => value == 0 ? 0 : value / 1.0000000000000000000000000000m;
}
