using System.ComponentModel;
using System.Diagnostics;
using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>The database's files can be read and not be written, by nobody, not even by who has them open for writing.</summary>
internal static class ReadOnlyFault
{
    /// <summary>The reason to skip a test where it cannot be done.</summary>
    public const string Missing = "Only root can make a file immutable, on a file system that knows the attribute (ext4, xfs).";

    public static readonly Fault Instance = new("database read-only", async (world, random, stop) =>
    {
        foreach (var message in (string[])["readonly database", "disk I/O error", "unable to open database file", "no transaction is active"])
            world.WriterErrors.Expect(message);
        string[] files = [.. Directory.GetFiles(Path.GetDirectoryName(world.File.File)!, "test.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal))];
        Change("+i", files);
        await Fault.PauseAsync(random, 2000, 4000, stop);
        Change("-i", files);
    });

    /// <summary>Whether it can be done to files in this directory.</summary>
    public static bool IsPossible(string directory)
    {
        var file = Path.Combine(directory, "immutable");
        File.WriteAllText(file, "");
        try
        {
            return Change("+i", file) && Change("-i", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static bool Change(string attribute, params string[] files)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("chattr", [attribute, .. files]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
