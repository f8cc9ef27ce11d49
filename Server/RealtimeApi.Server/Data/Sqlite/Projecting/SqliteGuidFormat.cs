namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>How a column holds GUIDs; one for each column.</summary>
internal enum SqliteGuidFormat
{
    /// <summary>36 characters in lower case.</summary>
    Lower,

    /// <summary>36 characters in upper case, as Microsoft.Data.Sqlite writes them.</summary>
    Upper,

    /// <summary>16 bytes in the order of <see cref="Guid.ToByteArray()"/>, as System.Data.SQLite writes them.</summary>
    Blob,
}
