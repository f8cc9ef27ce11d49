using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Samples;

/// <summary>The console sample, as its README starts it, on a shop of its own.</summary>
public sealed class OrdersConsoleTests : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, CustomerId INTEGER, Status TEXT, Total DECIMAL(10, 2), Express BOOLEAN, OrderedAt DATETIME, Note TEXT);
        INSERT INTO Orders VALUES (1, 7, 'pending', 12.5, 1, '2026-11-23 10:00:00', 'ring twice'), (2, 8, 'paid', 99, 0, '2026-11-23 10:00:00', NULL);
        """);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Table_OrdersChange_IsDrawnAnew()
    {
        var host = await HostProcess.StartAsync(null, 0, "--database", database.File);
        using var sample = Process.Start(new ProcessStartInfo("dotnet", [Program(), host.Address.ToString()])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var screen = new Screen(sample.StandardOutput);

            await screen.WaitForAsync("1, 12.50 in all");
            await screen.WaitForAsync("ring twice");
            database.Execute("UPDATE Orders SET Status = 'pending' WHERE Id = 2");
            await screen.WaitForAsync("2, 111.50 in all");
            database.Execute("DELETE FROM Orders WHERE Id = 1");
            await screen.WaitForAsync("1, 99.00 in all");
            await screen.WaitForAsync("current. Ctrl+C ends.");

            // The server goes, and what is written meanwhile is there when it is back.
            await host.DisposeAsync();
            await screen.WaitForAsync("waiting for");
            database.Execute("INSERT INTO Orders VALUES (3, 7, 'pending', 1, 0, '2026-11-23 10:00:00', NULL)");
            host = await HostProcess.StartAsync(null, host.Address.Port, "--database", database.File);
            await screen.WaitForAsync("2, 100.00 in all");
        }
        finally
        {
            await host.DisposeAsync();
            sample.Kill();
            await sample.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The sample in its own output folder, built as this assembly was: in this one's, packages that ASP.NET Core brings are left out.</summary>
    private static string Program([CallerFilePath] string thisFile = "")
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(thisFile)!, "..", "..", "..", "Samples", "OrdersConsole", "bin", framework.Parent!.Name, framework.Name, "OrdersConsole.dll"));
    }

    /// <summary>What a terminal would show, without its colours.</summary>
    private sealed class Screen(StreamReader output)
    {
        private readonly StringBuilder text = new();

        public async Task WaitForAsync(string expected)
        {
            var buffer = new char[4096];
            while (!text.ToString().Contains(expected, StringComparison.Ordinal))
            {
                var read = await output.ReadAsync(buffer).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
                Assert.True(read > 0, $"The sample ended without \"{expected}\":{Environment.NewLine}{text}");
                text.Append(Regex.Replace(new string(buffer, 0, read), @"\x1b\[[0-9;?]*[A-Za-z]", ""));
            }
        }
    }
}
