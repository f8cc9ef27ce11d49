using System.Numerics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Compares the values of a field with literals, exactly: no number is rounded to the other's form.</summary>
internal static class FieldOrder
{
    /// <summary>
    /// Whether the two can be compared at all (both fit, both of one kind, neither null nor not-a-number), and how <paramref name="value"/> stands to
    /// <paramref name="literal"/>.
    /// </summary>
    public static bool TryCompare(ColumnDefinition column, FieldValue value, FieldValue literal, out int order)
    {
        order = 0;
        if (!value.Fits || !literal.Fits)
            return false;
        if (IsNumber(value.Kind) && IsNumber(literal.Kind))
            return TryCompareNumbers(value, literal, out order);
        if (value.Kind != literal.Kind)
            return false;
        switch (value.Kind)
        {
            case FieldValueKind.Boolean:
                order = value.Boolean.CompareTo(literal.Boolean);
                return true;
            case FieldValueKind.Text:
                order = column.TextRules?.Compare(value.Text, literal.Text) ?? string.CompareOrdinal(value.Text, literal.Text);
                return true;
            case FieldValueKind.Guid:
                order = value.Guid.CompareTo(literal.Guid);
                return true;
            case FieldValueKind.Date:
                order = value.Date.CompareTo(literal.Date);
                return true;
            case FieldValueKind.Time:
                order = value.Time.CompareTo(literal.Time);
                return true;
            case FieldValueKind.DateTime:
                order = value.DateTime.CompareTo(literal.DateTime);
                return true;
            default:
                return false;
        }
    }

    private static bool IsNumber(FieldValueKind kind) => kind is FieldValueKind.Integer or FieldValueKind.Real or FieldValueKind.Decimal;

    private static bool TryCompareNumbers(FieldValue left, FieldValue right, out int order)
    {
        order = 0;
        if ((left.Kind == FieldValueKind.Real && double.IsNaN(left.Real)) || (right.Kind == FieldValueKind.Real && double.IsNaN(right.Real)))
            return false;
        order = (left.Kind, right.Kind) switch
        {
            (FieldValueKind.Integer, FieldValueKind.Integer) => left.Integer.CompareTo(right.Integer),
            (FieldValueKind.Real, FieldValueKind.Real) => left.Real.CompareTo(right.Real),
            (FieldValueKind.Real, _) => CompareReal(left.Real, ToDecimal(right)),
            (_, FieldValueKind.Real) => -CompareReal(right.Real, ToDecimal(left)),
            _ => ToDecimal(left).CompareTo(ToDecimal(right)),
        };
        return true;
    }

    private static decimal ToDecimal(FieldValue value) => value.Kind == FieldValueKind.Integer ? value.Integer : value.Decimal;

    private static int CompareReal(double real, decimal number)
    {
        var near = (double)number;
        if (double.IsInfinity(real) || Math.Abs(real - near) > Math.Abs(near) * 1e-12)
            return real.CompareTo(near);
        // Close: as integers over a common power of ten and of two.
        var bits = decimal.GetBits(number);
        var mantissa = (BigInteger)(((UInt128)(uint)bits[2] << 64) | ((UInt128)(uint)bits[1] << 32) | (uint)bits[0]);
        var right = bits[3] < 0 ? -mantissa : mantissa;
        var left = Fraction(real, out var exponent) * BigInteger.Pow(10, (bits[3] >> 16) & 0xFF);
        return exponent >= 0 ? (left << exponent).CompareTo(right) : left.CompareTo(right << -exponent);
    }

    private static BigInteger Fraction(double real, out int exponent)
    {
        var bits = BitConverter.DoubleToInt64Bits(real);
        var biased = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        exponent = (biased == 0 ? 1 : biased) - 1075;
        return (bits < 0 ? -1 : 1) * (biased == 0 ? mantissa : mantissa | 0x10000000000000);
    }
}
