using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RealtimeApi.Server.Resources;

/// <summary>Writes items as JSON: the only place that decides what a value looks like on the wire.</summary>
/// <remarks>
/// PROTOCOL, Terms (Item). The bytes of an item are the same for reads and events when every caller makes its writer with <see cref="Options"/>.
/// </remarks>
internal static class ItemWriter
{
    private const long ExactRange = 1L << 53;

    // Every decimal of up to 15 digits is the shortest text of its double.
    private const ulong ExactDecimal = 1_000_000_000_000_000;

    /// <summary>
    /// For every writer that items pass through. Characters of the basic plane other than quote, backslash and control characters stand as they are: the
    /// answers are <c>application/json</c>, never part of a page, and names in any script stay short and readable.
    /// </summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A name as <see cref="Options"/> encodes it, once for many writes.</summary>
    public static JsonEncodedText Encode(string text) => JsonEncodedText.Encode(text, Options.Encoder);

    /// <summary>Writes the object of an item with these columns, in their order.</summary>
    public static void Write(Utf8JsonWriter writer, FieldValue[] values, IReadOnlyList<ColumnDefinition> columns)
    {
        writer.WriteStartObject();
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            if (column.Hidden)
                continue;
            writer.WritePropertyName(column.JsonName);
            WriteValue(writer, values[column.Ordinal]);
        }
        writer.WriteEndObject();
    }

    /// <summary>Whether a number is outside the exact range of a double, and so is written as a text.</summary>
    public static bool IsTextNumber(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Integer => value.Integer is < -ExactRange or > ExactRange,
        FieldValueKind.Decimal => !IsExactAsDouble(value.Decimal),
        _ => false,
    };

    /// <summary>Writes one value.</summary>
    public static void WriteValue(Utf8JsonWriter writer, FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldValueKind.Null:
                writer.WriteNullValue();
                break;
            case FieldValueKind.Boolean:
                writer.WriteBooleanValue(value.Boolean);
                break;
            case FieldValueKind.Integer:
                if (value.Integer is >= -ExactRange and <= ExactRange)
                    writer.WriteNumberValue(value.Integer);
                else
                    writer.WriteStringValue(FieldText.Of(value));
                break;
            case FieldValueKind.Real:
                if (double.IsFinite(value.Real))
                    writer.WriteNumberValue(value.Real);
                else
                    writer.WriteNullValue();
                break;
            case FieldValueKind.Decimal:
                if (IsExactAsDouble(value.Decimal))
                    writer.WriteNumberValue(value.Decimal);
                else
                    writer.WriteStringValue(FieldText.Of(value));
                break;
            case FieldValueKind.Binary:
                writer.WriteBase64StringValue(value.Binary);
                break;
            case FieldValueKind.Guid:
                writer.WriteStringValue(value.Guid);
                break;
            case FieldValueKind.Text:
                WriteText(writer, value.Text);
                break;
            default:
                writer.WriteStringValue(FieldText.Of(value));
                break;
        }
    }

    // The writer refuses half a surrogate pair; a database may hold anything.
    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        if (IsWellFormed(text))
            writer.WriteStringValue(text);
        else
            writer.WriteStringValue(Encoding.UTF8.GetBytes(text));
    }

    private static bool IsWellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return true;
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
                return false;
        return true;
    }

    private static bool IsExactAsDouble(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        if (bits[2] == 0 && (((ulong)(uint)bits[1] << 32) | (uint)bits[0]) < ExactDecimal)
            return true;
        if (Math.Abs(value) > ExactRange)
            return false;
        var shortest = double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
        return decimal.TryParse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture, out var back) && back == value;
    }
}
