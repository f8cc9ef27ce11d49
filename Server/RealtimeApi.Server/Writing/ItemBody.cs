using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>The fields of an item that a body gives, and what is no field.</summary>
internal sealed class ItemBody : IDisposable
{
    private const int MaxDepth = 64;

    /// <summary>More than are quoted of a body.</summary>
    private const int QuotedBytes = 256;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly JsonDocument document;
    private readonly List<GivenField> fields = [];
    private readonly List<(string Name, string Message)> strangers = [];

    private ItemBody(JsonDocument document) => this.document = document;

    /// <summary>The fields, each once, in the order in which they were sent.</summary>
    public IReadOnlyList<GivenField> Fields => fields;

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">It is no JSON object (<c>invalid-body</c>). Faults of single fields are kept instead.</exception>
    public static ItemBody Parse(ResourceDefinition resource, ReadOnlyMemory<byte> bytes, FieldReader reader)
    {
        var body = new ItemBody(ParseJson(bytes));
        try
        {
            body.Read(resource, reader);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public GivenField? Find(ColumnDefinition column) => fields.Find(field => field.Column.Ordinal == column.Ordinal);

    /// <summary>The faults to start with: names that are no fields, and fields that are given more than once.</summary>
    public BodyFaults Faults()
    {
        var faults = new BodyFaults();
        foreach (var (name, message) in strangers)
            faults.Add(name, message);
        return faults;
    }

    public void Dispose() => document.Dispose();

    private void Read(ResourceDefinition resource, FieldReader reader)
    {
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw Invalid("The body must be a JSON object with the item's fields.");
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
                throw Invalid("The name of a field is no text: it has half of a surrogate pair.");
            if (resource.FindColumn(name) is not { } column)
                strangers.Add((name, "There is no such field."));
            else if (Find(column) is not null)
                strangers.Add((column.Name, "It is given more than once."));
            else
                fields.Add(new(column, property.Value, reader.Read(column, property.Value, out var fault), fault));
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.StartsWith(ByteOrderMark))
            bytes = bytes[ByteOrderMark.Length..];
        if (bytes.IsEmpty)
            throw Invalid("The body is empty; it must be a JSON object with the item's fields.");
        if (!Utf8.IsValid(bytes.Span))
            throw Invalid("The body is not text in UTF-8.");
        try
        {
            // What it takes to read one grows with the square of its depth.
            return JsonDocument.Parse(bytes, new() { MaxDepth = MaxDepth });
        }
        catch (JsonException error)
        {
            throw NotJson(bytes.Span, error);
        }
    }

    /// <summary>Says where it ceases to be JSON. What .NET says is for who calls its readers.</summary>
    private static ProblemException NotJson(ReadOnlySpan<byte> bytes, JsonException error)
    {
        var (line, start) = (error.LineNumber ?? 0, 0);
        for (var left = line; left > 0 && bytes[start..].IndexOf((byte)'\n') is >= 0 and var end; left--)
            start += end + 1;
        var fault = (int)Math.Min(start + (error.BytePositionInLine ?? 0), bytes.Length);
        var place = $"at line {line + 1}, character {Encoding.UTF8.GetCharCount(bytes[start..fault]) + 1}";
        return new(ProblemCodes.InvalidBody, IsTooDeep(bytes, fault) ? $"The body is nested more than {MaxDepth} deep {place}." : $"The body is not JSON {place}: {WhatIsWrong(bytes, fault)}.")
        {
            At = Encoding.UTF8.GetCharCount(bytes[..fault]),
        };
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> bytes, int fault)
    {
        if (fault == bytes.Length || bytes[fault] is not ((byte)'{' or (byte)'['))
            return false;
        var before = new Utf8JsonReader(bytes[..fault], isFinalBlock: false, new(new() { MaxDepth = MaxDepth }));
        while (before.Read())
        {
        }
        return before.CurrentDepth + (before.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0) == MaxDepth;
    }

    private static string WhatIsWrong(ReadOnlySpan<byte> bytes, int fault)
    {
        var rest = bytes[fault..Math.Min(fault + QuotedBytes, bytes.Length)];
        if (rest.TrimEnd(" \t\r\n"u8) is [] or [(byte)','])
            return "it ends too soon";
        if (fault > 0 && bytes[fault - 1] == '\\')
            return "a backslash in a text is written \\\\";
        if (rest[0] < ' ')
            return "a line break or tab in a text is written \\n or \\t, another control character \\u and four hexadecimal digits";
        return $"{QueryProblem.Quote(Encoding.UTF8.GetString(rest))} cannot be there";
    }

    private static ProblemException Invalid(string detail) => new(ProblemCodes.InvalidBody, detail);
}
