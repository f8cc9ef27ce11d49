using System.Text.Encodings.Web;
using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>Writes problem details as JSON, on one line.</summary>
internal static class ProblemJson
{
    // Not HTML: the quoted text of a query stays readable.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="problem">The problem.</param>
    /// <param name="at">Where in the offending text, counted from 0.</param>
    public static byte[] Write(ProblemDetails problem, int? at = null)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type", problem.Type);
            writer.WriteString("title", problem.Title);
            writer.WriteNumber("status", problem.Status);
            writer.WriteString("detail", problem.Detail);
            if (at is { } position)
                writer.WriteNumber("at", position);
            if (problem.Errors is { } errors)
                WriteErrors(writer, errors);
            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
    {
        writer.WriteStartObject("errors");
        foreach (var (field, messages) in errors)
        {
            writer.WriteStartArray(field);
            foreach (var message in messages)
                writer.WriteStringValue(message);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
