using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Writes values as OData literals, each in one form.</summary>
internal static class LiteralText
{
    public static string Of(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Null => "null",
        FieldValueKind.Boolean => value.Boolean ? "true" : "false",
        FieldValueKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Real => value.Real.ToString("R", CultureInfo.InvariantCulture),
        FieldValueKind.Decimal => value.Decimal.ToString("0.#############################", CultureInfo.InvariantCulture),
        FieldValueKind.Guid => value.Guid.ToString("D"),
        FieldValueKind.Date => value.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        FieldValueKind.Time => value.Time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        FieldValueKind.DateTime => value.DateTime.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture),
        FieldValueKind.Text => $"'{value.Text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, "Not the kind of a literal."),
    };
}
