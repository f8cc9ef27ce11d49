using System.Text.Json.Nodes;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>The tables of the random runs, and the views of them that are watched.</summary>
internal static class Warehouse
{
    public const string Sqlite =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE Things (Id INTEGER PRIMARY KEY, Code TEXT COLLATE NOCASE UNIQUE, Kind INTEGER, Size REAL, Note TEXT, Done BOOLEAN, At DATETIME);
        CREATE TABLE Parts (ThingId INTEGER NOT NULL REFERENCES Things (Id) ON DELETE CASCADE ON UPDATE CASCADE, Name TEXT NOT NULL COLLATE NOCASE, Quantity INTEGER,
            PRIMARY KEY (ThingId, Name)) WITHOUT ROWID;
        CREATE TABLE Tags (Name TEXT PRIMARY KEY NOT NULL, Weight DECIMAL(10,2), ThingId INTEGER REFERENCES Things (Id) ON DELETE SET NULL ON UPDATE CASCADE, Big BIGINT);
        CREATE UNIQUE INDEX TagsOfThings ON Tags (ThingId, Weight);
        """;

    public const string SqlServer =
        """
        CREATE TABLE Things (Id int PRIMARY KEY, Code nvarchar(10) COLLATE Latin1_General_CI_AS, Kind int, Size float, Note nvarchar(50) COLLATE Latin1_General_BIN2, Done bit, At datetime2(3));
        CREATE UNIQUE INDEX ThingsByCode ON Things (Code) WHERE Code IS NOT NULL;
        CREATE TABLE Parts (ThingId int NOT NULL REFERENCES Things (Id) ON DELETE CASCADE ON UPDATE CASCADE, Name nvarchar(10) COLLATE Latin1_General_CI_AS NOT NULL, Quantity int,
            PRIMARY KEY (ThingId, Name));
        CREATE TABLE Tags (Name nvarchar(20) COLLATE Latin1_General_BIN2 PRIMARY KEY, Weight decimal(10,2), ThingId int REFERENCES Things (Id) ON DELETE SET NULL ON UPDATE CASCADE, Big bigint);
        CREATE UNIQUE INDEX TagsOfThings ON Tags (ThingId, Weight) WHERE ThingId IS NOT NULL AND Weight IS NOT NULL;
        """;

    /// <summary>Written last, so that whoever has seen them has seen everything.</summary>
    public const string LastRows =
        """
        INSERT INTO Things (Id, Code) VALUES (999999, 'last');
        INSERT INTO Parts (ThingId, Name) VALUES (999999, 'last');
        INSERT INTO Tags (Name) VALUES ('last');
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

    /// <summary>The views that a kind of database is watched by.</summary>
    public static IReadOnlyList<View> ViewsOf(TestDatabaseKind kind) => kind == TestDatabaseKind.Sqlite ? sqliteViews : sqlServerViews;

    private static readonly IReadOnlyList<View> common =
    [
        All("things"),
        All("parts"),
        All("tags"),
        All("things") with { Select = "id,kind" },
        All("parts") with { Select = "thingId,name" },

        // Found by their hash.
        Of("things", "kind eq 1", item => Number(item, "kind") == 1),
        Of("things", "kind eq null", item => Number(item, "kind") is null),
        Of("things", "code eq 'A3'", item => Is(item, "code", "a3")),
        Of("things", "done eq true", item => (bool?)item["done"] == true),
        Of("things", "size eq 2.5", item => Number(item, "size") == 2.5),
        Of("parts", "name eq 'BOLT'", item => Is(item, "name", "bolt")),
        Of("parts", "thingId eq 3", item => Number(item, "thingId") == 3),
        Of("tags", "thingId eq 2", item => Number(item, "thingId") == 2),
        Of("tags", "big eq 9007199254740993", item => item["big"]?.ToString() == "9007199254740993"),

        // Evaluated.
        Of("things", "kind ne 1", item => Number(item, "kind") != 1),
        Of("things", "id gt 5 and id le 9", item => Number(item, "id") is > 5 and <= 9),
        Of("things", "not (size gt 50)", item => !(Number(item, "size") > 50)),
        Of("things", "size ge 2.5 and size lt 60.5", item => Number(item, "size") is >= 2.5 and < 60.5) with { Select = "id,size,note" },
        Of("things", "startswith(code, 'A') or kind in (2, 3)", item => Starts(item, "code", "a") || Number(item, "kind") is 2 or 3),
        Of("things", "contains(note, 'é') or done ne null", item => Text(item, "note")?.Contains('é', StringComparison.Ordinal) == true || item["done"] is not null),
        Of("things", "tolower(note) eq 'mixed'", item => Is(item, "note", "mixed")),
        Of("things", "length(note) gt 3 and not (code eq null)", item => Text(item, "note")?.Length > 3 && item["code"] is not null) with { Select = "id,done" },
        Of("things", "code in ('a1', '日4', 'c3')", item => Is(item, "code", "a1") || Is(item, "code", "日4") || Is(item, "code", "c3")),
        Of("things", "at ge 2026-03-01T00:00:00Z or year(at) eq 2024", item => Time(item, "at") is { } at && (at >= new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) || at.Year == 2024)),
        Of("parts", "quantity gt 3 or contains(name, 'UT')", item => Number(item, "quantity") > 3 || Lower(Text(item, "name")!).Contains("ut", StringComparison.Ordinal)),
        Of("parts", "endswith(name, '/y') or quantity eq null", item => Lower(Text(item, "name")!).EndsWith("/y", StringComparison.Ordinal) || item["quantity"] is null),
        Of("tags", "weight ge 1.5 and startswith(name, 't')", item => Number(item, "weight") >= 1.5 && Text(item, "name")!.StartsWith('t')),
        Of("tags", "thingId ne null and not (weight eq null)", item => item["thingId"] is not null && item["weight"] is not null) with { Select = "name,weight" },

        Item("things", "3"),
        Item("things", "7") with { Select = "id,code" },
        Item("parts", "3,bolt"),
        Item("parts", "2,NUT"),
        Item("parts", "1,x%2Fy"),
        Item("parts", "4,a%2Cb"),
        Item("tags", "t1"),
        Item("tags", "T1"),
    ];

    private static readonly IReadOnlyList<View> sqliteViews =
    [
        .. common,
        Of("things", "code gt 'b' and note ne 'x'", item => Text(item, "code") is { } code && string.CompareOrdinal(Lower(code), "b") > 0 && Text(item, "note") != "x"),
    ];

    /// <summary>The order of a collation that knows languages cannot be watched.</summary>
    private static readonly IReadOnlyList<View> sqlServerViews =
    [
        .. common,
        Of("things", "note gt 'b' and code ne 'b2'", item => Text(item, "note") is { } note && string.CompareOrdinal(note, "b") > 0 && !Is(item, "code", "b2")),
    ];

    /// <summary>All items of a resource.</summary>
    public static View All(string resource) => Of(resource, null, _ => true);

    private static View Of(string resource, string? filter, Func<JsonObject, bool> matches) => new(resource, filter, matches) { KeyFields = KeyFields[resource] };

    /// <summary>One item; the names of parts are equal without regard to case.</summary>
    private static View Item(string resource, string key) => All(resource) with
    {
        Key = key,
        Matches = item => resource == "parts" ? Lower(All(resource).KeyOf(item)) == Lower(key) : All(resource).KeyOf(item) == key,
    };

    private static double? Number(JsonObject item, string field) => (double?)item[field];

    private static string? Text(JsonObject item, string field) => (string?)item[field];

    private static DateTimeOffset? Time(JsonObject item, string field) => (DateTimeOffset?)item[field];

    private static bool Is(JsonObject item, string field, string text) => Text(item, field) is { } value && Lower(value) == Lower(text);

    private static bool Starts(JsonObject item, string field, string text) => Text(item, field) is { } value && Lower(value).StartsWith(text, StringComparison.Ordinal);

    /// <summary>SQLite's own lower case: that of ASCII. The texts that are compared have no other letters with a case.</summary>
    private static string Lower(string text) => string.Create(text.Length, text, static (span, from) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] + 32) : from[i];
    });
}
