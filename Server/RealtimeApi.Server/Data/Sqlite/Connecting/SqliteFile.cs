using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Asks whether the file that a connection has open is still the one of its name.</summary>
/// <remarks>
/// A database that was restored by putting another file in its place is read through old connections as if nothing had happened. Where the
/// library in use cannot say, the file counts as unmoved. (Windows does not let an open file be replaced.)
/// </remarks>
internal static class SqliteFile
{
    private const int HasMovedControl = 20;

    private static volatile bool isUnknown;

    /// <summary>Whether the file has been moved, deleted or replaced. Costs a system call.</summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        if (isUnknown)
            return false;
        try
        {
            return FileControl(connection.Handle!, "main", HasMovedControl, out var moved) == 0 && moved != 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            isUnknown = true;
            return false;
        }
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(SafeHandle database, string name, int operation, out int result);
}
