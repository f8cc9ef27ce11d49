using System.Globalization;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Client.Filtering;

/// <summary>The resource whose items <see cref="Thing"/> reads.</summary>
internal static class Things
{
    public static ResourceDefinition Definition { get; } = Make(
        ("id", FieldType.Integer), ("big", FieldType.Integer), ("name", FieldType.String), ("other_name", FieldType.String), ("total", FieldType.Decimal),
        ("weight", FieldType.Double), ("paid", FieldType.Boolean), ("maybePaid", FieldType.Boolean), ("maybe", FieldType.Integer), ("token", FieldType.Guid),
        ("when", FieldType.DateTime), ("ended", FieldType.DateTime), ("day", FieldType.Date), ("letter", FieldType.String), ("colour", FieldType.String),
        ("maybeColour", FieldType.String), ("level", FieldType.Integer));

    /// <summary>The values that the server has for an item that reads as <paramref name="thing"/>.</summary>
    public static FieldValue[] ValuesOf(Thing thing) =>
    [
        FieldValue.Of(thing.Id),
        FieldValue.Of(thing.Big),
        TextOf(thing.Name),
        TextOf(thing.Other),
        FieldValue.Of(thing.Total),
        FieldValue.Of(thing.Weight),
        FieldValue.Of(thing.Paid),
        thing.MaybePaid is { } paid ? FieldValue.Of(paid) : FieldValue.Null,
        thing.Maybe is { } number ? FieldValue.Of(number) : FieldValue.Null,
        FieldValue.Of(thing.Token),
        FieldValue.Of(new DateTimeOffset(thing.When, TimeSpan.Zero)),
        thing.Ended is { } ended ? FieldValue.Of(ended.ToUniversalTime()) : FieldValue.Null,
        FieldValue.Of(thing.Day),
        FieldValue.Of(thing.Letter.ToString(CultureInfo.InvariantCulture)),
        FieldValue.Of(thing.Colour.ToString()),
        TextOf(thing.MaybeColour?.ToString()),
        FieldValue.Of((int)thing.Level),
    ];

    private static FieldValue TextOf(string? text) => text is null ? FieldValue.Null : FieldValue.Of(text);

    private static ResourceDefinition Make(params (string Name, FieldType Type)[] fields)
    {
        var columns = fields.Select((f, i) => new ColumnDefinition { Column = f.Name, Name = f.Name, Ordinal = i, Type = f.Type, DeclaredType = "", TextRules = SqliteTextRules.Binary }).ToArray();
        return new() { Name = "things", Table = new(null, "Things"), Columns = columns, Key = [columns[0]], Fingerprint = "1" };
    }
}
