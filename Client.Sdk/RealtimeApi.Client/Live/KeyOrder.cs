using System.Globalization;

namespace RealtimeApi.Client;

/// <summary>The order of keys as one expects to see it: part by part, numbers by value and before other text, which goes by its characters.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null || y is null)
            return x is null ? -1 : 1;
        return x.Contains(',') || y.Contains(',') ? CompareParts(x.Split(','), y.Split(',')) : ComparePart(x, y);
    }

    private static int CompareParts(string[] x, string[] y)
    {
        for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
            if (ComparePart(x[i], y[i]) is not 0 and var order)
                return order;
        return x.Length.CompareTo(y.Length);
    }

    private static int ComparePart(string x, string y)
    {
        var (xIsNumber, yIsNumber) = (IsNumber(x, out var a), IsNumber(y, out var b));
        if (xIsNumber != yIsNumber)
            return xIsNumber ? -1 : 1;
        var order = xIsNumber ? a.CompareTo(b) : 0;
        // "1" and "1.0" are two keys of a text column.
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    /// <summary>More than 28 digits are text: rounding would make equal what is not.</summary>
    private static bool IsNumber(string text, out decimal number)
    {
        number = 0;
        return text.Length is > 0 and <= 28 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
