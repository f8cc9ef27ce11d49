using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>Filters of the whole language, with literals that are near what is stored.</summary>
internal sealed class RandomFilter(ResourceDefinition resource, IReadOnlyList<string> texts, IReadOnlyList<DateTime> moments, IReadOnlyList<Guid> guids)
{
    private static readonly string[] Numbers =
    [
        "0", "1", "2", "3", "5", "-1", "0.5", "1.5", "0.1", "0.3", "0.30000000000000004", "0.1000000000000000055", "19.99", "9007199254740993", "9007199254740992.5", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "9223372036854775807.5", "1e20", "1e30", "-1e300", "1e-30", "12345678901234567890.12", "2026", "11", "23", "39614081257132168796771975168",
        "255", "256", "-32769", "2147483648", "922337203685477.58075", "214748.36475",
    ];

    /// <param name="tape">The choices.</param>
    /// <param name="items">Items whose values literals may be; none are needed.</param>
    /// <param name="depth">How deep conditions may be nested.</param>
    public string Next(Tape tape, IReadOnlyList<Item> items, int depth = 3)
    {
        switch (depth == 0 ? 0 : tape.Next(8))
        {
            case 1 or 2:
                return $"({Next(tape, items, depth - 1)} and {Next(tape, items, depth - 1)})";
            case 3 or 4:
                return $"({Next(tape, items, depth - 1)} or {Next(tape, items, depth - 1)})";
            case 5:
                return $"not ({Next(tape, items, depth - 1)})";
            default:
                return Condition(tape, items);
        }
    }

    private string Condition(Tape tape, IReadOnlyList<Item> items)
    {
        var column = tape.Pick(resource.Columns);
        var isText = column.Type is FieldType.String or FieldType.Any;
        var isTime = column.Type is FieldType.Date or FieldType.DateTime;
        var operand = column.Name;
        var type = column.Type;
        if (isText && tape.Chance(3))
        {
            operand = $"{tape.Pick(["tolower", "toupper"])}({operand})";
            type = FieldType.String;
        }
        if (isText && tape.Chance(3))
            return $"{tape.Pick(["contains", "startswith", "endswith"])}({operand},{LiteralText.Of(FieldValue.Of(TextLike(tape, column, items)))})";
        if (isText && tape.Chance(6))
            (operand, type) = ($"length({operand})", FieldType.Integer);
        else if (isTime && tape.Chance(4))
            (operand, type) = ($"{tape.Pick(["year", "month", "day"])}({operand})", FieldType.Integer);
        if (type == FieldType.Binary || tape.Chance(12))
            return $"{operand} {tape.Pick(["eq", "ne"])} null";
        if (tape.Chance(5))
            return $"{operand} in ({string.Join(',', Enumerable.Range(0, 1 + tape.Next(4)).Select(_ => tape.Chance(6) ? "null" : Literal(tape, type, column, items)))})";
        var isOrdered = type is not (FieldType.Boolean or FieldType.Guid) && (type != FieldType.String || column.TextRules is { Orders: true });
        var comparison = isOrdered ? tape.Pick(["eq", "ne", "gt", "ge", "lt", "le"]) : tape.Pick(["eq", "ne"]);
        return $"{operand} {comparison} {Literal(tape, type, column, items)}";
    }

    private string Literal(Tape tape, FieldType type, ColumnDefinition column, IReadOnlyList<Item> items)
    {
        if (items.Count > 0 && type == column.Type && tape.Chance(2))
        {
            var value = tape.Pick(items).Values[column.Ordinal];
            if (value.Fits && value.Kind is not (FieldValueKind.Null or FieldValueKind.Binary) && !(value.Kind == FieldValueKind.Real && !double.IsFinite(value.Real)))
                return LiteralText.Of(value);
        }
        switch (type)
        {
            case FieldType.Boolean:
                return tape.Pick(["true", "false"]);
            case FieldType.Integer or FieldType.Decimal or FieldType.Double:
                return tape.Pick(Numbers);
            case FieldType.Guid:
                return tape.Pick(guids).ToString();
            case FieldType.Any when tape.Chance(2):
                return tape.Pick(Numbers);
            case FieldType.String or FieldType.Any:
                return LiteralText.Of(FieldValue.Of(TextLike(tape, column, items)));
            case FieldType.Date:
                return LiteralText.Of(FieldValue.Of(DateOnly.FromDateTime(tape.Pick(moments))));
            case FieldType.Time:
                return LiteralText.Of(FieldValue.Of(TimeOnly.FromDateTime(tape.Pick(moments))));
            default:
                return LiteralText.Of(FieldValue.Of(new DateTimeOffset(tape.Pick(moments), TimeSpan.Zero)));
        }
    }

    private string TextLike(Tape tape, ColumnDefinition column, IReadOnlyList<Item> items)
    {
        var text = items.Count > 0 && tape.Chance(2) && tape.Pick(items).Values[column.Ordinal] is { Kind: FieldValueKind.Text } value ? value.Text : tape.Pick(texts);
        var runes = text.EnumerateRunes().ToArray();
        if (runes.Length > 1 && tape.Chance(3))
            text = string.Concat(runes.Skip(tape.Next(runes.Length)).Take(1 + tape.Next(2)));
        return tape.Chance(6) ? text.ToUpperInvariant() : text;
    }
}
