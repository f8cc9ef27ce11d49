using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>Reads values as items show them (PROTOCOL, Terms, Item), and says of those that a column cannot hold why not.</summary>
/// <remarks>
/// A value is taken only where the item will show the same one: nothing is rounded, cut off or made something else on the way in. Thread-safe.
/// </remarks>
internal sealed partial class FieldReader(IItemWrites writes)
{
    // A decimal holds every number of so many digits.
    private const int DecimalDigits = 28;

    /// <summary>The value, or what is wrong with it.</summary>
    public FieldValue Read(ColumnDefinition column, JsonElement json, out string? fault)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            fault = column.Nullable ? null : "It must not be null.";
            return FieldValue.Null;
        }

        var value = Parse(column, json, out fault);
        if (value is null)
            return FieldValue.Null;
        fault = FindFault(column, value.Value);
        return value.Value;
    }

    /// <summary>Why a column does not take a value, null where it does.</summary>
    public string? FindFault(ColumnDefinition column, FieldValue value)
    {
        if (!value.Fits)
            return $"It must be {Name(column.Type)}.";
        if (column.MaxLength is { } length && LengthOf(value) is { } given && given > length)
            return $"It has {given} {(value.Kind == FieldValueKind.Binary ? "bytes" : "characters")}, and may have {length}.";
        if (value.Kind is FieldValueKind.Integer or FieldValueKind.Decimal && FindDigitFault(column, value) is { } digits)
            return digits;
        var stored = writes.AsStored(column, value);
        return stored.Fits && AreSame(column, stored, value) ? null : "The database cannot hold this value exactly.";
    }

    private static FieldValue? Parse(ColumnDefinition column, JsonElement json, out string? fault)
    {
        fault = null;
        var value = (column.Type, json.ValueKind) switch
        {
            (FieldType.Boolean, JsonValueKind.True or JsonValueKind.False) => FieldValue.Of(json.ValueKind == JsonValueKind.True),
            (FieldType.Integer, JsonValueKind.Number) => Whole(json, ref fault),
            (FieldType.Integer or FieldType.Decimal, JsonValueKind.String) => TextNumber(column.Type, json, ref fault),
            (FieldType.Decimal, JsonValueKind.Number) => Decimal(json, ref fault),
            (FieldType.Double, JsonValueKind.Number) => Real(json, ref fault),
            (FieldType.Any, JsonValueKind.Number) => Whole(json) ?? Real(json, ref fault),
            (FieldType.Any or FieldType.String, JsonValueKind.String) => Text(json, ref fault) is { } text ? FieldValue.Of(text) : null,
            (FieldType.Guid or FieldType.Binary or FieldType.Date or FieldType.Time or FieldType.DateTime, JsonValueKind.String) =>
                Text(json, ref fault) is { } text ? FieldText.Parse(column.Type, text) : null,
            _ => (FieldValue?)null,
        };
        if (value is null)
            fault ??= $"It must be {Name(column.Type)}{(column.Nullable ? ", or null" : "")}.";
        return value;
    }

    private static string Name(FieldType type) => type switch
    {
        FieldType.Boolean => "true or false",
        FieldType.Integer => "a whole number (beyond 2^53 as a text of its digits)",
        FieldType.Decimal => "a number (as a text of its digits where it has more than a double holds)",
        FieldType.Double => "a number",
        FieldType.String => "a text",
        FieldType.Guid => "a GUID such as 0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80",
        FieldType.Binary => "binary data in base64",
        FieldType.Date => "a date such as 2026-11-23",
        FieldType.Time => "a time of day such as 11:06:26",
        FieldType.DateTime => "a point in time such as 2026-11-23T11:06:26Z",
        _ => "a text or a number",
    };

    private static string? Text(JsonElement json, ref string? fault)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            fault = "It is no text: it has half of a surrogate pair.";
            return null;
        }
    }

    private static FieldValue? Whole(JsonElement json, ref string? fault)
    {
        if (Whole(json) is { } whole)
            return whole;
        if (Digits(json.GetRawText()) is { Scale: <= 0 })
            fault = $"It must be from {long.MinValue} to {long.MaxValue}.";
        return null;
    }

    /// <summary>A whole number however it is written: <c>5</c>, <c>5.0</c>, <c>5e0</c>.</summary>
    private static FieldValue? Whole(JsonElement json)
    {
        var text = json.GetRawText();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return FieldValue.Of(integer);
        return Digits(text) is { Scale: <= 0, Count: <= DecimalDigits }
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= long.MinValue and <= long.MaxValue ? FieldValue.Of((long)number) : null;
    }

    private static FieldValue? Decimal(JsonElement json, ref string? fault)
    {
        var text = json.GetRawText();
        if (Digits(text) is { } digits && digits.Count <= DecimalDigits && digits.Scale <= DecimalDigits
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return FieldValue.Of(number);
        fault = FindLengthFault(text) ?? "The database cannot hold this value exactly.";
        return null;
    }

    private static FieldValue? Real(JsonElement json, ref string? fault)
    {
        var value = double.Parse(json.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(value))
            return FieldValue.Of(value);
        fault = "It is beyond what a double holds.";
        return null;
    }

    /// <summary>A number in the form in which items show it as a text, and in no other: <c>"5"</c> would come back as another value than was sent.</summary>
    private static FieldValue? TextNumber(FieldType type, JsonElement json, ref string? fault)
    {
        if (Text(json, ref fault) is not { } text)
            return null;
        if (FieldText.Parse(type, text) is { } value && FieldText.Of(value) == text && ItemWriter.IsTextNumber(value))
            return value;
        if (type == FieldType.Decimal)
            fault = FindLengthFault(text);
        return null;
    }

    private static string? FindLengthFault(string text) => Digits(text) is { Count: > DecimalDigits } ? $"It may have {DecimalDigits} digits." : null;

    private static string? FindDigitFault(ColumnDefinition column, FieldValue value)
    {
        if (column.Type != FieldType.Decimal || Precision().Match(column.DeclaredType) is not { Success: true } declared
            || !int.TryParse(declared.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var precision))
            return null;
        _ = int.TryParse(declared.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var scale);
        if (precision < 1 || precision < scale || Digits(FieldText.Of(value)) is not { } digits)
            return null;
        return digits.Scale > scale ? $"It may have {scale} digits after the point."
            : digits.Count - digits.Scale > precision - scale ? $"It may have {precision - scale} digits before the point."
            : null;
    }

    /// <summary>How many digits a JSON number needs, and how many of them stand after the point (fewer than none where it ends in zeros).</summary>
    private static (int Count, int Scale)? Digits(string text)
    {
        var match = Number().Match(text);
        if (!match.Success || !int.TryParse(match.Groups[3].Length == 0 ? "0" : match.Groups[3].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            || Math.Abs(exponent) > 10_000)
            return null;
        var fraction = match.Groups[2].Value;
        var all = (match.Groups[1].Value + fraction).TrimStart('0');
        var digits = all.TrimEnd('0');
        return digits.Length == 0 ? (0, 0) : (digits.Length, fraction.Length - exponent - (all.Length - digits.Length));
    }

    private static int? LengthOf(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Text => value.Text.EnumerateRunes().Count(),
        FieldValueKind.Binary => value.Binary.Length,
        _ => null,
    };

    private static bool AreSame(ColumnDefinition column, FieldValue left, FieldValue right) =>
        left.Kind == FieldValueKind.Text && right.Kind == FieldValueKind.Text
            ? string.Equals(left.Text, right.Text, StringComparison.Ordinal)
            : FieldIdentity.Of(column, left) == FieldIdentity.Of(column, right);

    [GeneratedRegex(@"^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\(\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?\)")]
    private static partial Regex Precision();
}
