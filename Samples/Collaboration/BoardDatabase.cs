using Microsoft.Data.Sqlite;

namespace RealtimeApi.Samples.Collaboration;

/// <summary>The tables of the sample, and something on the board to begin with.</summary>
internal static class BoardDatabase
{
    private const string Tables = """
        BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS Boards (Id INTEGER PRIMARY KEY, Title TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS Cards (
            Id INTEGER PRIMARY KEY,
            BoardId INTEGER NOT NULL REFERENCES Boards (Id),
            Text TEXT NOT NULL DEFAULT '',
            X INTEGER NOT NULL,
            Y INTEGER NOT NULL);
        INSERT OR IGNORE INTO Boards VALUES (1, 'What we plan');
        INSERT INTO Cards (BoardId, Text, X, Y)
            SELECT 1, Text, X, Y FROM (SELECT 'Drag me' AS Text, 40 AS X, 40 AS Y UNION ALL SELECT 'Write on me', 280, 120)
            WHERE changes() > 0;
        COMMIT;
        """;

    /// <summary>Makes them where they are not there yet; several servers may start at once.</summary>
    public static void Create(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = Tables;
        command.ExecuteNonQuery();
    }
}
