namespace RealtimeApi.Server.Queries;

/// <summary>The functions that turn a field's value into another before it is compared.</summary>
internal enum FieldFunction
{
    ToLower,
    ToUpper,

    /// <summary>The number of characters, as the database counts them.</summary>
    Length,

    /// <summary>The year, of a point in time that in UTC.</summary>
    Year,
    Month,
    Day,
}
