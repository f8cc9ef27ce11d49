using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A SQLite file of its own in a directory of its own, deleted with it.</summary>
public sealed class TempDatabase : TestDatabase
{
    private readonly DirectoryInfo directory;
    private readonly bool isOwn;

    /// <summary>Makes the file and runs <paramref name="sql"/> in it.</summary>
    /// <param name="sql">Statements.</param>
    /// <param name="directory">Where it is to be. Default: a directory of its own, which goes with it.</param>
    public TempDatabase(string sql = "", DirectoryInfo? directory = null)
    {
        this.directory = directory ?? Directory.CreateTempSubdirectory("realtimeapi-");
        isOwn = directory is null;
        File = Path.Combine(this.directory.FullName, "test.db");
        Execute(sql);
    }

    /// <summary>The file's path.</summary>
    public string File { get; }

    public override TestDatabaseKind Kind => TestDatabaseKind.Sqlite;

    public override string ConnectionString => $"Data Source={File}";

    public override object? Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var connection = Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return sql.Length == 0 ? null : command.ExecuteScalar();
    }

    /// <summary>A connection that the caller disposes; it waits for other writers up to two minutes.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection($"{ConnectionString};Pooling=False;Default Timeout=120");
        connection.Open();
        return connection;
    }

    public override void Dispose()
    {
        new SqliteConnections(ConnectionString).Clear();
        if (isOwn)
            directory.Delete(recursive: true);
    }
}
