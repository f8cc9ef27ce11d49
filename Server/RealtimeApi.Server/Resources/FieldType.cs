namespace RealtimeApi.Server.Resources;

/// <summary>What a field is, whatever the database calls its type.</summary>
internal enum FieldType
{
    /// <summary>Has no declared type: each value is what it is stored as.</summary>
    Any,
    Boolean,
    Integer,
    Decimal,
    Double,
    String,
    Guid,
    Binary,
    Date,
    Time,
    /// <summary>A point in time; UTC where the database holds no offset.</summary>
    DateTime,
}
