using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>A file system of a few megabytes in memory, which can really be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>The reason to skip a test where there cannot be one.</summary>
    public const string Missing = "Only root on Linux can mount a small disk.";

    private SmallDisk(DirectoryInfo directory) => Directory = directory;

    public DirectoryInfo Directory { get; }

    private string Ballast => Path.Combine(Directory.FullName, "ballast");

    /// <summary>Makes one; null where this process may not.</summary>
    public static SmallDisk? TryCreate(int megabytes)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var directory = System.IO.Directory.CreateTempSubdirectory("realtimeapi-disk-");
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "realtimeapi", directory.FullName))
            return new(directory);
        directory.Delete();
        return null;
    }

    /// <summary>Takes all that is left of it.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", "-l", Directory.FullName);
        Directory.Delete(recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
