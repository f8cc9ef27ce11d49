using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Whether two images of a row show the same item, bit for bit.</summary>
internal static class ImageEquality
{
    /// <summary>Whether two images show the same item.</summary>
    public static bool AreEqual(FieldValue[] left, FieldValue[] right)
    {
        for (var i = 0; i < left.Length; i++)
            if (!AreEqual(left[i], right[i]))
                return false;
        return true;
    }

    private static bool AreEqual(FieldValue left, FieldValue right) =>
        left.Kind == right.Kind && left.Fits == right.Fits && left.Kind switch
        {
            FieldValueKind.Null => true,
            FieldValueKind.Boolean or FieldValueKind.Integer => left.Integer == right.Integer,
            FieldValueKind.Real => left.Real.Equals(right.Real),
            FieldValueKind.Binary => left.Binary.AsSpan().SequenceEqual(right.Binary),
            FieldValueKind.Text => string.Equals(left.Text, right.Text, StringComparison.Ordinal),
            FieldValueKind.Decimal => left.Decimal == right.Decimal,
            FieldValueKind.Guid => left.Guid == right.Guid,
            FieldValueKind.Date => left.Date == right.Date,
            FieldValueKind.Time => left.Time == right.Time,
            FieldValueKind.DateTime => left.DateTime.EqualsExact(right.DateTime),
            _ => false,
        };
}
