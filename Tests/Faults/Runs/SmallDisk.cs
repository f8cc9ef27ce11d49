using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>A file system in memory, which can really be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>The reason to skip a test where there cannot be one.</summary>
    public const string Missing = "Only root on Linux can mount a small disk.";

    private readonly string size;

    private SmallDisk(DirectoryInfo directory, string size) => (Directory, this.size) = (directory, size);

    public DirectoryInfo Directory { get; }

    /// <summary>Makes one; null where this process may not.</summary>
    /// <param name="megabytes">What there is room for; memory is taken only by what is written.</param>
    public static SmallDisk? TryCreate(int megabytes)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var directory = System.IO.Directory.CreateTempSubdirectory("realtimeapi-disk-");
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        if (Run("mount", "-t", "tmpfs", "-o", size, "realtimeapi", directory.FullName))
            return new(directory, size);
        directory.Delete();
        return null;
    }

    /// <summary>Leaves no room but for what is there.</summary>
    public void Fill()
    {
        var drive = new DriveInfo(Directory.FullName);
        // It cannot be less than what has been written meanwhile.
        for (var i = 0; i < 100; i++)
        {
            if (Resize(string.Create(CultureInfo.InvariantCulture, $"size={drive.TotalSize - drive.TotalFreeSpace}")))
                return;
        }

        throw new InvalidOperationException("The disk could not be filled.");
    }

    /// <summary>Gives the room back.</summary>
    public void Free()
    {
        if (!Resize(size))
            throw new InvalidOperationException("The disk could not be freed.");
    }

    public void Dispose()
    {
        Run("umount", "-l", Directory.FullName);
        Directory.Delete(recursive: true);
    }

    private bool Resize(string room) => Run("mount", "-o", "remount," + room, Directory.FullName);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
