using System.ComponentModel;
using System.Diagnostics;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The sqlite3 program: a writer in another process, with another version of SQLite.</summary>
public static class SqliteShell
{
    /// <summary>The reason to skip a test where it is not installed.</summary>
    public const string Missing = "The sqlite3 program is not installed.";

    private static readonly Lazy<bool> Installed = new(() =>
    {
        try
        {
            Run(":memory:", "SELECT 1;");
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    public static bool IsInstalled => Installed.Value;

    /// <summary>Runs statements in one process, going on after errors.</summary>
    /// <returns>The lines that it wrote as errors.</returns>
    public static IReadOnlyList<string> Run(string file, string sql)
    {
        using var process = Process.Start(new ProcessStartInfo("sqlite3", [file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(sql);
        process.StandardInput.Close();
        process.WaitForExit();
        output.GetAwaiter().GetResult();
        return errors.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
