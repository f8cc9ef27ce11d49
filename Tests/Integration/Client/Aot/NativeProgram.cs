using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client.Aot;

/// <summary>The program of <c>Tests/Aot</c>, published by native AOT once for the tests that run it.</summary>
/// <remarks>It is built in a folder of its own, so that nothing which others build at the same time is disturbed.</remarks>
public sealed class NativeProgram : IDisposable
{
    /// <summary>The compiler and its libraries are a large download, the first time.</summary>
    private static readonly TimeSpan publishing = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan running = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("realtimeapi-aot").FullName;
    private readonly Lazy<Task<string>> published;

    public NativeProgram() => published = new(PublishAsync);

    /// <summary>Why it cannot be published here; null where it can.</summary>
    public static string? Missing => Linker is null ? "Native AOT needs a linker: install clang or gcc, and zlib1g-dev (on Windows this is not tested)." : null;

    private static string? Linker { get; } = OperatingSystem.IsWindows() ? null : new[] { "clang", "gcc" }.FirstOrDefault(IsInstalled);

    public void Dispose()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Something of the build still writes there; it is the system's folder for such files.
        }
    }

    /// <summary>What the program prints.</summary>
    public async Task<string> RunAsync(params string[] arguments) => await RunAsync(await published.Value, running, arguments);

    private async Task<string> PublishAsync()
    {
        var project = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..", "Aot", "RealtimeApi.Aot.csproj"));
        var output = Path.Combine(folder, "out");
        await RunAsync(
            "dotnet",
            publishing,
            "publish", project, "-c", "Debug", "-o", output, "--artifacts-path", Path.Combine(folder, "artifacts"), "--disable-build-servers", "-v", "q", "-nologo",
            "-p:PublishNative=true", $"-p:CppCompilerAndLinker={Linker}", "-p:RunAnalyzers=false");
        return Path.Combine(output, "RealtimeApi.Aot");
    }

    private static async Task<string> RunAsync(string program, TimeSpan patience, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patient.CancelAfter(patience);
        try
        {
            // Other tests run meanwhile, and some of them wait for something with less patience.
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patient.Token), process.StandardError.ReadToEndAsync(patient.Token));
            await process.WaitForExitAsync(patient.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:{Environment.NewLine}{await output}{await errors}");
            return await output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string SourceFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
