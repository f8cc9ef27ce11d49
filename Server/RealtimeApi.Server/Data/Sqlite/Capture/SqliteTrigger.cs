using System.Globalization;
using System.Text.RegularExpressions;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>One trigger of the product, as the schema holds it.</summary>
/// <param name="Name">Its name, without quotes: it has no character that needs them.</param>
/// <param name="Sql">The whole statement, character by character as <c>sqlite_schema</c> keeps it.</param>
internal sealed partial record SqliteTrigger(string Name, string Sql)
{
    /// <summary>The version of what the triggers do; triggers of a later one are left alone.</summary>
    public const int Version = 1;

    /// <summary>The comment by which a trigger is known as the product's, whatever the table or the trigger is called.</summary>
    public static string Mark(long capture) => $"/* RealtimeApi {Version}: capture {capture} */";

    public static bool IsOurs(string sql) => MarkPattern().IsMatch(sql);

    /// <summary>The version that a trigger of the product says it is of, and the capture that it fills.</summary>
    public static (int Version, long Capture) Read(string sql)
    {
        var match = MarkPattern().Match(sql);
        return (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"/\* RealtimeApi (\d{1,9}): capture (\d{1,18}) \*/")]
    private static partial Regex MarkPattern();
}
