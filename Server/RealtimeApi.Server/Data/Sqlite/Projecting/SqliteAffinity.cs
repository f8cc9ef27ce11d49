namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>SQLite's column affinities (sqlite.org/datatype3.html, section 3).</summary>
internal enum SqliteAffinity
{
    Blob,
    Text,
    Numeric,
    Integer,
    Real,
}
