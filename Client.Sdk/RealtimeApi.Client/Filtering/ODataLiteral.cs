using System.Globalization;
using System.Text.Json;

namespace RealtimeApi.Client;

/// <summary>Values as OData 4 literals.</summary>
internal static class ODataLiteral
{
    /// <summary>Whether a value can stand in a filter; the rest has no literal in the protocol's subset.</summary>
    public static bool TryFormat(object? value, out string literal)
    {
        literal = value switch
        {
            null => "null",
            string s => Of(s),
            char c => Of(c.ToString()),
            bool b => b ? "true" : "false",
            Guid g => g.ToString("D"),
            DateTime d => Of(d),
            DateTimeOffset d => Of(d),
#if NET
            DateOnly d => d.ToString("O", CultureInfo.InvariantCulture),
#endif
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
            float f when !float.IsNaN(f) && !float.IsInfinity(f) => f.ToString("R", CultureInfo.InvariantCulture),
            double d when !double.IsNaN(d) && !double.IsInfinity(d) => d.ToString("R", CultureInfo.InvariantCulture),
            JsonElement { ValueKind: JsonValueKind.String } e => Of(e.GetString()!),
            JsonElement { ValueKind: JsonValueKind.Number } e => e.GetRawText(),
            _ => "",
        };
        return literal.Length > 0;
    }

    public static string Of(string value) => "'" + value.Replace("'", "''") + "'";

    /// <summary>A time without an offset is taken as UTC, as the server takes one that the database holds. A midnight is written as a date, which a date column takes as well.</summary>
    private static string Of(DateTime value)
    {
        var moment = value.Kind == DateTimeKind.Local ? new DateTimeOffset(value) : new DateTimeOffset(value.Ticks, TimeSpan.Zero);
        return moment is { Offset.Ticks: 0, TimeOfDay.Ticks: 0 } ? moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Of(moment);
    }

    private static string Of(DateTimeOffset value) =>
        value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)
        + (value.Offset == TimeSpan.Zero ? "Z" : value.ToString("zzz", CultureInfo.InvariantCulture));
}
