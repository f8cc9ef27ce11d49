using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>A connection that takes its turn with all others of the process when it enters or leaves the library's pool.</summary>
/// <remarks>
/// While one connection opens or closes, the pool takes it for one that was forgotten, and may lend it a second time: two owners in one
/// transaction, and a handle that one of them closes under the other (dotnet/efcore, issue 39008).
/// </remarks>
internal sealed class PooledSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>Held by whoever opens, closes or clears.</summary>
    public static readonly Lock Turn = new();

    public override void Open()
    {
        lock (Turn)
            base.Open();
    }

    public override void Close()
    {
        lock (Turn)
            base.Close();
    }
}
