using System.Data;
using System.Data.SqlTypes;
using System.Globalization;
using System.Numerics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Exact numbers, which have up to 38 digits in SQL Server, 28 (and some of 29) in <see cref="decimal"/>.</summary>
/// <remarks>
/// A number fits that has at most 28 digits from its first to its last other than zero, 28 before the point and 28 after it. Any other is shown exactly, as the text
/// of its digits, and is a misfit: <see cref="FitsCondition"/> is the same judgement in SQL.
/// </remarks>
internal static class SqlServerDecimal
{
    /// <summary>The digits that every <see cref="decimal"/> has room for.</summary>
    public const int Digits = 28;

    private const int MostDigits = 38;
    private const byte MoneyDigits = 19;

    /// <summary>A number that the driver could read as one. Zeros at its end tell of the column, not of the value.</summary>
    public static FieldValue Finish(decimal value) => FieldValue.Of(value == 0 ? 0 : value / 1.0000000000000000000000000000m);

    public static FieldValue Finish(SqlDecimal value) => Finish(value.ToString());

    /// <summary>The number of a text such as <c>-12.3400</c>.</summary>
    /// <exception cref="FormatException">The text is no number.</exception>
    public static FieldValue Finish(string text)
    {
        var digits = text.AsSpan();
        if (digits.Contains('.'))
            digits = digits.TrimEnd('0').TrimEnd('.');
        var number = digits.TrimStart('-').TrimStart('0');
        var point = number.IndexOf('.');
        var before = point < 0 ? number.Length : point;
        var after = point < 0 ? 0 : number.Length - point - 1;
        var significant = before > 0 ? (after > 0 ? before + after : number.TrimEnd('0').Length) : point < 0 ? 0 : number[1..].TrimStart('0').Length;
        if (before <= Digits && after <= Digits && significant <= Digits)
            return FieldValue.Of(decimal.Parse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) is var value && value == 0 ? 0 : value);
        return FieldValue.Of(digits.ToString()).AsMisfit();
    }

    /// <summary>
    /// A SQL condition that is true exactly of the numbers of a column that fit (and unknown of NULL); null where all do.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="expression">The column in SQL.</param>
    public static string? FitsCondition(ColumnDefinition column, string expression)
    {
        var storage = SqlServerStorage.Of(column);
        if (storage.Type != SqlDbType.Decimal || storage.Precision <= Digits)
            return null;
        // Digits without the point, and without the zeros at both ends.
        var significant = $"LEN(LTRIM(RTRIM(REPLACE(REPLACE(CONVERT(varchar(41), ABS({expression})), '.', ''), '0', ' '))))";
        var conditions = new List<string> { $"{significant} <= {Digits}" };
        if (storage.Precision - storage.Scale > Digits)
            conditions.Add($"ABS({expression}) < 1{new string('0', Digits)}");
        if (storage.Scale > Digits)
            conditions.Add($"{expression} = ROUND({expression}, {Digits})");
        return $"({string.Join(" AND ", conditions)})";
    }

    /// <inheritdoc cref="SqlServerProjection.Store(ColumnDefinition, FieldValue, out int)"/>
    /// <param name="storage">The column's storage.</param>
    /// <param name="value">The value; the text of a misfit is one.</param>
    /// <param name="order">How what is stored stands to the value.</param>
    public static object? Store(SqlServerStorage storage, FieldValue value, out int order)
    {
        order = 0;
        var (least, most, scale) = RangeOf(storage);
        BigInteger stored;
        if ((value.Kind == FieldValueKind.Text ? Parse(value.Text, scale, out var isExact) : SqlServerNumber.Scaled(value, scale, out isExact)) is { } scaled)
        {
            stored = BigInteger.Clamp(scaled, least, most);
            order = stored == scaled ? (isExact ? 0 : -1) : stored < scaled ? -SqlServerNumber.Beyond : SqlServerNumber.Beyond;
        }
        else if (SqlServerNumber.Infinite(value, out order))
        {
            stored = order < 0 ? most : least;
        }
        else
        {
            return null;
        }

        var bits = new int[4];
        var magnitude = BigInteger.Abs(stored);
        for (var i = 0; i < bits.Length; i++)
            bits[i] = unchecked((int)(uint)((magnitude >> (32 * i)) & uint.MaxValue));
        var number = new SqlDecimal(storage.Type == SqlDbType.Decimal ? storage.Precision : MoneyDigits, scale, stored.Sign >= 0, bits);
        if (storage.Type == SqlDbType.Decimal)
            return number;
        return number.Value;
    }

    private static (BigInteger Least, BigInteger Most, byte Scale) RangeOf(SqlServerStorage storage) => storage.Type switch
    {
        SqlDbType.Money => (long.MinValue, long.MaxValue, 4),
        SqlDbType.SmallMoney => (int.MinValue, int.MaxValue, 4),
        _ => (1 - BigInteger.Pow(10, storage.Precision), BigInteger.Pow(10, storage.Precision) - 1, storage.Scale),
    };

    private static BigInteger? Parse(string text, int scale, out bool isExact)
    {
        isExact = true;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var after = point < 0 ? 0 : text.Length - point - 1;
        if (text.Length > MostDigits + 3 || after > scale)
            return null;
        return BigInteger.TryParse(point < 0 ? text : text.Remove(point, 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number * BigInteger.Pow(10, scale - after)
            : null;
    }
}
