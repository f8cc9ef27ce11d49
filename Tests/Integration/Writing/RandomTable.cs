using System.Globalization;
using System.Text;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>A random table <c>t</c> and random bodies for it, most of whose values fit.</summary>
internal sealed class RandomTable
{
    private static readonly string[] Types =
    [
        "INTEGER", "INT", "BIGINT", "TEXT", "VARCHAR(6)", "TEXT COLLATE NOCASE", "REAL", "NUMERIC", "DECIMAL(10,2)", "BOOLEAN", "DATE", "TIME", "DATETIME", "GUID",
        "BLOB", "VARBINARY(3)", "", "JSON", "STRING",
    ];

    private static readonly string[] Values =
    [
        "null", "null", "0", "1", "-1", "5.0", "-0.0", "1.5", "12.345", "1e2", "1E-7", "0.1", "1e300", "1e400", "1e99999999999", "9007199254740993", "\"9007199254740993\"",
        "9223372036854775808", "123456789012345678901234567890", "0.12345678901234567890123456789", "true", "false", "\"\"", "\"a\"", "\"A\"", "\"ä😀\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"x\\ud83d\\ude00\"", "\"0123\"", "\"1e5\"", "\" 7 \"", "\"Infinity\"", "\"NaN\"", "\"too long for some\"", "\"AAEC\"", "\"AAECAw==\"", "\"A\\nE=\"", "\"2026-11-23\"",
        "\"2026-02-30\"", "\"2026-11-23T11:06:26Z\"", "\"2026-11-23T11:06:26.1234567+02:00\"", "\"9999-12-31T23:59:59.9999999-01:00\"", "\"11:06\"", "\"11:06:26.5\"", "\"24:00\"",
        "\"0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80\"", "\"{0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80}\"", "[]", "{}", "[1,{\"a\":null}]", "{\"a\":{\"b\":1}}",
    ];

    private readonly Random random;
    private readonly List<(string Name, string Type, bool IsRequired)> columns = [];
    private readonly List<string> key = [];

    public RandomTable(Random random)
    {
        this.random = random;
        var definitions = new List<string>();
        switch (random.Next(5))
        {
            case 0 or 1:
                AddKey("k", "INTEGER");
                definitions.Add("k INTEGER PRIMARY KEY");
                break;
            case 2:
                AddKey("k", Pick("TEXT", "TEXT COLLATE NOCASE", "GUID", "DATE", "", "BLOB"));
                definitions.Add($"k {columns[0].Type} PRIMARY KEY");
                break;
            default:
                AddKey("k", Pick("INT", "TEXT"));
                AddKey("l", Pick("TEXT COLLATE NOCASE", "DATETIME", "REAL", "DECIMAL(10,2)"));
                definitions.AddRange([$"k {columns[0].Type}", $"l {columns[1].Type}"]);
                break;
        }

        for (var i = 0; i < random.Next(1, 7); i++)
        {
            var type = Pick(Types);
            var isRequired = random.Next(4) == 0;
            columns.Add(($"c{i}", type, isRequired));
            definitions.Add($"c{i} {type}{(isRequired ? " NOT NULL" : "")}{(random.Next(4) == 0 && !IsFormatted(type) ? " DEFAULT " + Pick("1", "'a'", "(1 + 0.5)", "word", "NULL", "x'01'") : "")}{(random.Next(6) == 0 ? " UNIQUE" : "")}{(random.Next(8) == 0 && type.Contains("INT", StringComparison.Ordinal) ? $" CHECK (length(c{i}) < 9)" : "")}");
        }

        if (random.Next(3) == 0)
        {
            columns.Add(("g", "", false));
            definitions.Add($"g AS (typeof(c0)) {Pick("STORED", "VIRTUAL")}");
        }

        if (key.Count > 1)
            definitions.Add("PRIMARY KEY (k, l)");
        Sql = $"CREATE TABLE t ({string.Join(", ", definitions)}){(key.Count > 1 && random.Next(2) == 0 ? " WITHOUT ROWID" : "")};";
    }

    public string Sql { get; }

    /// <summary>An item's path, often one that may be there.</summary>
    public string Path(IReadOnlyCollection<string> known) => known.Count > 0 && random.Next(4) > 0
        ? known.ElementAt(random.Next(known.Count))
        : "/api/t/" + string.Join(',', key.Select(_ => Uri.EscapeDataString(Pick("1", "2", "a", "A", "n'5'", "x'01'", "2026-11-23", "1.5", "ä", "0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80"))));

    /// <param name="shown">The item as it is shown, to be sent back in part.</param>
    public string Body(string? shown)
    {
        if (random.Next(40) == 0)
            return Pick("", "[]", "null", "{", "{}", "{\"c0\":1,}", "{\"c0\":1}x", "\ufeff{}");
        if (shown is not null && random.Next(6) == 0)
            return shown;
        var fields = new List<string>();
        foreach (var (name, type, isRequired) in columns)
        {
            if (name == "g" ? random.Next(15) > 0 : random.Next(isRequired ? 20 : 3) == 0)
                continue;
            fields.Add($"\"{name}\":{(random.Next(7) > 0 ? Fitting(type) : Pick(Values))}");
            if (random.Next(60) == 0)
                fields.Add($"\"{name.ToUpperInvariant()}\":{Pick(Values)}");
        }

        if (random.Next(25) == 0)
            fields.Add($"\"{Pick("nonsense", "\\ud800", "", "__proto__")}\":{Pick(Values)}");
        return "{" + string.Join(',', fields) + "}";
    }

    private string Fitting(string type) => type switch
    {
        "INTEGER" or "INT" or "BIGINT" => Pick("0", "1", "2", "3", "-7", "\"9007199254740993\"", "4.0"),
        "TEXT" or "VARCHAR(6)" or "TEXT COLLATE NOCASE" => Pick("\"a\"", "\"A\"", "\"b\"", "\"\"", "\"ä😀\"", "\"01\""),
        "REAL" => Pick("0", "1.5", "0.1", "-1e300", "5"),
        "NUMERIC" or "DECIMAL(10,2)" => Pick("0", "1.5", "0.1", "-12345678.99", "5"),
        "BOOLEAN" => Pick("true", "false"),
        "DATE" => Pick("\"2026-11-23\"", "\"0001-01-01\""),
        "TIME" => Pick("\"11:06:26\"", "\"11:06\"", "\"23:59:59.9999999\""),
        "DATETIME" => Pick("\"2026-11-23T11:06:26Z\"", "\"2026-11-23T11:06:26.5+02:00\"", "\"2026-11-23\""),
        "GUID" => Pick("\"0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80\"", "\"0B1C5F4E-6C3A-4F0E-9D3B-2F6A1E5C7D81\""),
        "BLOB" or "VARBINARY(3)" => Pick("\"\"", "\"AAEC\"", "\"AP8=\""),
        _ => Pick("\"a\"", "1", "1.5", "\"x y\""),
    };

    /// <summary>Whether the column's form is found out from what it holds, its default included.</summary>
    private static bool IsFormatted(string type) => type is "DATE" or "TIME" or "DATETIME" or "GUID";

    private void AddKey(string name, string type)
    {
        columns.Add((name, type, true));
        key.Add(name);
    }

    private string Pick(params string[] of) => of[random.Next(of.Length)];
}
