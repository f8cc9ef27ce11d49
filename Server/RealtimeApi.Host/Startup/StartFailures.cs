using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace RealtimeApi.Hosting.Startup;

/// <summary>Explains why a start failed: all mistakes at once, and never a stack trace.</summary>
internal static class StartFailures
{
    public static string Explain(Exception exception, string what = "RealtimeApi cannot start")
    {
        var reasons = Reasons(exception).Distinct(StringComparer.Ordinal).ToArray();
        var text = new StringBuilder(what);
        if (reasons.Length > 1)
            text.Append(": ").Append(reasons.Length).Append(" mistakes");
        foreach (var reason in reasons)
            text.AppendLine().Append("  - ").Append(reason.ReplaceLineEndings("\n    "));
        return text.ToString();
    }

    private static IEnumerable<string> Reasons(Exception exception) => exception switch
    {
        AggregateException many => many.InnerExceptions.SelectMany(Reasons),
        OptionsValidationException options => options.Failures,
        IOException { InnerException: AddressInUseException } => [$"{exception.Message} Stop the program that listens there, or listen elsewhere with --urls."],
        SqliteException sqlite => [$"The database does not open: {sqlite.Message}"],
        InvalidDataException { InnerException: System.Text.Json.JsonException json } => [$"{exception.Message} {json.Message}"],
        _ => [exception.Message],
    };
}
