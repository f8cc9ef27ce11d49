using System.Buffers;
using System.Globalization;

namespace RealtimeApi.Server.Resources;

/// <summary>One part of a key as text: as in JSON, or a literal where that would name another value.</summary>
internal static class KeyPart
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Format(ColumnDefinition column, FieldValue value)
    {
        var plain = FieldText.Of(value);
        // The usual case without a parse: text in a text column, a number in a column of integers.
        if (value.Fits && (column.Type == FieldType.Integer || (column.Type == FieldType.String && !IsLiteral(plain))))
            return plain;
        return FieldIdentity.Of(column, Parse(column, plain)) == FieldIdentity.Of(column, value) ? plain
            : value.Kind == FieldValueKind.Binary ? $"x'{Convert.ToHexStringLower(value.Binary)}'"
            : value.Kind == FieldValueKind.Text ? $"'{plain}'"
            : $"n'{plain}'";
    }

    /// <summary>
    /// The value that a text names; of a text that is no value of the column's type, the number or text that the database may hold there all the same.
    /// </summary>
    public static FieldValue Parse(ColumnDefinition column, string text)
    {
        if (IsBlob(text))
            return Fitting(column, FieldValue.Of(Convert.FromHexString(text.AsSpan(2, text.Length - 3))), FieldType.Binary);
        if (IsQuoted(text) && (column.Type != FieldType.String || IsLiteral(text.AsSpan(1, text.Length - 2))))
            return Fitting(column, FieldValue.Of(text[1..^1]), FieldType.String);
        if (IsNumber(text))
            return ParseNumber(column, text[2..^1])!.Value;
        return FieldText.Parse(column.Type, text) ?? ParseNumber(column, text) ?? Fitting(column, FieldValue.Of(text), FieldType.String);
    }

    private static FieldValue? ParseNumber(ColumnDefinition column, string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return Fitting(column, FieldValue.Of(integer), FieldType.Integer);
        return FieldText.Parse(FieldType.Double, text) is { } real ? Fitting(column, real, FieldType.Double) : null;
    }

    private static FieldValue Fitting(ColumnDefinition column, FieldValue value, FieldType type) =>
        column.Type == type || column.Type == FieldType.Any ? value : value.AsMisfit();

    // Not by recursion: a client sends as many quotes as it likes, and they must not use up the stack.
    private static bool IsLiteral(ReadOnlySpan<char> text)
    {
        while (IsQuoted(text))
            text = text[1..^1];
        return IsBlob(text) || IsNumber(text);
    }

    private static bool IsQuoted(ReadOnlySpan<char> text) => text is ['\'', .., '\''];

    private static bool IsNumber(ReadOnlySpan<char> text) => text is ['n', '\'', .., '\''] && FieldText.Parse(FieldType.Double, text[2..^1].ToString()) is not null;

    private static bool IsBlob(ReadOnlySpan<char> text) =>
        text is ['x', '\'', .., '\''] && text.Length % 2 == 1 && text[2..^1].IndexOfAnyExcept(HexDigits) < 0;
}
