namespace RealtimeApi.Server.Resources;

/// <summary>The form in which a <see cref="FieldValue"/> holds its value.</summary>
internal enum FieldValueKind : byte
{
    Null,
    Boolean,
    Integer,
    Real,
    Decimal,
    Text,
    Guid,
    Binary,
    Date,
    Time,
    DateTime,
}
