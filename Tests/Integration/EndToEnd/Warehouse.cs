using System.Text.Json.Nodes;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>The tables of the random runs, and the views of them that are watched.</summary>
internal static class Warehouse
{
    public const string Sql =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE Things (Id INTEGER PRIMARY KEY, Code TEXT COLLATE NOCASE UNIQUE, Kind INTEGER, Size REAL, Note TEXT, Done BOOLEAN, At DATETIME);
        CREATE TABLE Parts (ThingId INTEGER NOT NULL REFERENCES Things (Id) ON DELETE CASCADE ON UPDATE CASCADE, Name TEXT NOT NULL COLLATE NOCASE, Quantity INTEGER,
            PRIMARY KEY (ThingId, Name)) WITHOUT ROWID;
        CREATE TABLE Tags (Name TEXT PRIMARY KEY NOT NULL, Weight DECIMAL(10,2), ThingId INTEGER REFERENCES Things (Id) ON DELETE SET NULL ON UPDATE CASCADE, Big BIGINT);
        CREATE UNIQUE INDEX TagsOfThings ON Tags (ThingId, Weight);
        """;

    /// <summary>Written last, so that whoever has seen them has seen everything.</summary>
    public const string LastRows =
        """
        REPLACE INTO Things (Id, Code) VALUES (999999, 'last');
        REPLACE INTO Parts (ThingId, Name) VALUES (999999, 'last');
        REPLACE INTO Tags (Name) VALUES ('last');
        """;

    public static readonly IReadOnlyDictionary<string, string> LastKeys = new Dictionary<string, string>
    {
        ["things"] = "999999",
        ["parts"] = "999999,last",
        ["tags"] = "last",
    };

    /// <summary>The fields of each resource's key.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> KeyFields = new Dictionary<string, string[]>
    {
        ["things"] = ["id"],
        ["parts"] = ["thingId", "name"],
        ["tags"] = ["name"],
    };

    public static readonly IReadOnlyList<View> Views =
    [
        All("things"),
        All("parts"),
        All("tags"),
        All("things") with { Select = "id,kind" },
        All("parts") with { Select = "thingId,name" },

        // Found by their hash.
        new("things", "kind eq 1", item => Number(item, "kind") == 1),
        new("things", "kind eq null", item => Number(item, "kind") is null),
        new("things", "code eq 'A3'", item => Is(item, "code", "a3")),
        new("things", "done eq true", item => (bool?)item["done"] == true),
        new("things", "size eq 2.5", item => Number(item, "size") == 2.5),
        new("parts", "name eq 'BOLT'", item => Is(item, "name", "bolt")),
        new("parts", "thingId eq 3", item => Number(item, "thingId") == 3),
        new("tags", "thingId eq 2", item => Number(item, "thingId") == 2),
        new("tags", "big eq 9007199254740993", item => item["big"]?.ToString() == "9007199254740993"),

        // Evaluated.
        new("things", "kind ne 1", item => Number(item, "kind") != 1),
        new("things", "id gt 5 and id le 9", item => Number(item, "id") is > 5 and <= 9),
        new("things", "not (size gt 50)", item => !(Number(item, "size") > 50)),
        new("things", "size ge 2.5 and size lt 60.5", item => Number(item, "size") is >= 2.5 and < 60.5) { Select = "id,size,note" },
        new("things", "startswith(code, 'A') or kind in (2, 3)", item => Starts(item, "code", "a") || Number(item, "kind") is 2 or 3),
        new("things", "contains(note, 'é') or done ne null", item => Text(item, "note")?.Contains('é', StringComparison.Ordinal) == true || item["done"] is not null),
        new("things", "tolower(note) eq 'mixed'", item => Is(item, "note", "mixed")),
        new("things", "length(note) gt 3 and not (code eq null)", item => Text(item, "note")?.Length > 3 && item["code"] is not null) { Select = "id,done" },
        new("things", "code in ('a1', 'É4', 'c3')", item => Is(item, "code", "a1") || Is(item, "code", "É4") || Is(item, "code", "c3")),
        new("things", "code gt 'b' and note ne 'x'", item => Text(item, "code") is { } code && string.CompareOrdinal(Lower(code), "b") > 0 && Text(item, "note") != "x"),
        new("things", "at ge 2026-03-01T00:00:00Z or year(at) eq 2024", item => Time(item, "at") is { } at && (at >= new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) || at.Year == 2024)),
        new("parts", "quantity gt 3 or contains(name, 'UT')", item => Number(item, "quantity") > 3 || Lower(Text(item, "name")!).Contains("ut", StringComparison.Ordinal)),
        new("parts", "endswith(name, '/y') or quantity eq null", item => Lower(Text(item, "name")!).EndsWith("/y", StringComparison.Ordinal) || item["quantity"] is null),
        new("tags", "weight ge 1.5 and startswith(name, 't')", item => Number(item, "weight") >= 1.5 && Text(item, "name")!.StartsWith('t')),
        new("tags", "thingId ne null and not (weight eq null)", item => item["thingId"] is not null && item["weight"] is not null) { Select = "name,weight" },

        Item("things", "3"),
        Item("things", "7") with { Select = "id,code" },
        Item("parts", "3,bolt"),
        Item("parts", "2,NUT"),
        Item("parts", "1,x%2Fy"),
        Item("parts", "4,a%2Cb"),
        Item("tags", "t1"),
        Item("tags", "T1"),
    ];

    /// <summary>The key's text, as the protocol makes it.</summary>
    public static string KeyOf(string resource, JsonObject item)
    {
        var fields = KeyFields[resource];
        return fields.Length == 1 ? item[fields[0]]!.ToString() : string.Join(',', fields.Select(field => Uri.EscapeDataString(item[field]!.ToString())));
    }

    private static View All(string resource) => new(resource, null, _ => true);

    /// <summary>One item; the names of parts are equal without regard to case.</summary>
    private static View Item(string resource, string key) => new(resource, null, item => resource == "parts"
        ? Lower(KeyOf(resource, item)) == Lower(key)
        : KeyOf(resource, item) == key)
    {
        Key = key,
    };

    private static double? Number(JsonObject item, string field) => (double?)item[field];

    private static string? Text(JsonObject item, string field) => (string?)item[field];

    private static DateTimeOffset? Time(JsonObject item, string field) => (DateTimeOffset?)item[field];

    private static bool Is(JsonObject item, string field, string text) => Text(item, field) is { } value && Lower(value) == Lower(text);

    private static bool Starts(JsonObject item, string field, string text) => Text(item, field) is { } value && Lower(value).StartsWith(text, StringComparison.Ordinal);

    /// <summary>SQLite's own lower case: that of ASCII.</summary>
    private static string Lower(string text) => string.Create(text.Length, text, static (span, from) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] + 32) : from[i];
    });
}
