namespace RealtimeApi.Server.Resources;

/// <summary>A text that two values of a column share exactly when the database calls them equal (type, collation); the key of hash look-ups.</summary>
internal static class FieldIdentity
{
    public static string Of(ColumnDefinition column, FieldValue value) => throw new NotImplementedException();
}
