using System.Globalization;
using System.Numerics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Numbers as a column of whole or of binary numbers can hold them.</summary>
internal static class SqlServerNumber
{
    /// <summary>The order, or its negative, that says that a value is outside a range, of which the nearest end is taken.</summary>
    public const int Beyond = 2;

    /// <summary>The double whose shortest text is the single's. Singles sort as these do, since each is nearer to its own than to any other.</summary>
    public static double Widen(float value)
    {
        Span<char> text = stackalloc char[32];
        return value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture) ? double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture) : value;
    }

    /// <summary>The largest whole number of the range that is not above the value, or the smallest of it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="least">The first number of the range.</param>
    /// <param name="most">The last number of the range.</param>
    /// <param name="order">How the result stands to the value.</param>
    /// <returns>Null where the value is no number.</returns>
    public static BigInteger? Store(FieldValue value, BigInteger least, BigInteger most, out int order)
    {
        order = 0;
        if (Scaled(value, 0, out var isExact) is not { } whole)
            return Infinite(value, out order) ? (order < 0 ? most : least) : null;
        var stored = BigInteger.Clamp(whole, least, most);
        order = stored == whole ? (isExact ? 0 : -1) : stored < whole ? -Beyond : Beyond;
        return stored;
    }

    /// <inheritdoc cref="Store"/>
    public static object? StoreReal(FieldValue value, out int order)
    {
        order = 0;
        if (Real(value) is not { } real || double.IsNaN(real))
            return null;
        var stored = Math.Clamp(real, double.MinValue, double.MaxValue);
        order = stored.CompareTo(real);
        return stored;
    }

    /// <inheritdoc cref="Store"/>
    public static object? StoreSingle(FieldValue value, out int order)
    {
        order = 0;
        if (Real(value) is not { } real || double.IsNaN(real))
            return null;
        var stored = Math.Clamp((float)real, float.MinValue, float.MaxValue);
        order = Widen(stored).CompareTo(real);
        return stored;
    }

    /// <summary>The value times a power of ten, rounded down; null where it is no finite number.</summary>
    public static BigInteger? Scaled(FieldValue value, int scale, out bool isExact)
    {
        isExact = true;
        switch (value.Kind)
        {
            case FieldValueKind.Integer:
                return value.Integer * BigInteger.Pow(10, scale);
            case FieldValueKind.Decimal:
                var bits = decimal.GetBits(value.Decimal);
                var mantissa = (BigInteger)(((UInt128)(uint)bits[2] << 64) | ((UInt128)(uint)bits[1] << 32) | (uint)bits[0]);
                return Divide((bits[3] < 0 ? -mantissa : mantissa) * BigInteger.Pow(10, scale), BigInteger.Pow(10, (bits[3] >> 16) & 0xFF), out isExact);
            case FieldValueKind.Real when double.IsFinite(value.Real):
                var real = BitConverter.DoubleToInt64Bits(value.Real);
                var biased = (int)((real >> 52) & 0x7FF);
                var fraction = (real < 0 ? -1 : 1) * (BigInteger)(biased == 0 ? real & 0xFFFFFFFFFFFFF : (real & 0xFFFFFFFFFFFFF) | 0x10000000000000);
                var exponent = (biased == 0 ? 1 : biased) - 1075;
                fraction *= BigInteger.Pow(10, scale);
                return exponent >= 0 ? fraction << exponent : Divide(fraction, BigInteger.One << -exponent, out isExact);
            default:
                return null;
        }
    }

    /// <summary>Whether a value is infinite, and how everything that can be stored stands to it.</summary>
    public static bool Infinite(FieldValue value, out int order)
    {
        order = value.Kind == FieldValueKind.Real && double.IsInfinity(value.Real) ? (value.Real > 0 ? -Beyond : Beyond) : 0;
        return order != 0;
    }

    private static BigInteger Divide(BigInteger number, BigInteger by, out bool isExact)
    {
        var quotient = BigInteger.DivRem(number, by, out var rest);
        isExact = rest.IsZero;
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    private static double? Real(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Real => value.Real,
        FieldValueKind.Integer => value.Integer,
        FieldValueKind.Decimal => double.Parse(value.Decimal.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        _ => null,
    };
}
