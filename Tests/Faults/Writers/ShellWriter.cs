using System.Diagnostics;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>Processes of the sqlite3 program, one after another; some are killed in the middle of a transaction, some do not wait for locks.</summary>
internal sealed class ShellWriter(TempDatabase database, string name, int seed, WriterErrors errors, Tally tally)
{
    public async Task WriteAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        var statements = new ShopStatements(name, random);
        while (!stop.IsCancellationRequested)
        {
            await RunAsync(random, statements, stop);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task RunAsync(Random random, ShopStatements statements, CancellationToken stop)
    {
        var waits = random.Next(6) > 0;
        using var process = Process.Start(new ProcessStartInfo("sqlite3", [database.File])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.StandardInput.WriteLineAsync($".timeout {(waits ? 60_000 : 0)}");
        for (var i = random.Next(1, 30); i > 0 && !stop.IsCancellationRequested; i--)
        {
            await process.StandardInput.WriteLineAsync($"BEGIN IMMEDIATE;\n{string.Join(";\n", statements.Next())};\n{(statements.RollsBack ? "ROLLBACK" : "COMMIT")};");
            await process.StandardInput.FlushAsync(CancellationToken.None);
            tally.Add("transactions of a shell");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
        }

        if (random.Next(5) == 0)
        {
            await process.StandardInput.WriteLineAsync($"BEGIN IMMEDIATE;\n{string.Join(";\n", statements.Next())};");
            await process.StandardInput.FlushAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
            process.Kill();
            tally.Add("writers killed in a transaction");
        }
        else
        {
            process.StandardInput.Close();
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await output;
        foreach (var complaint in (await complaints).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // A transaction that did not begin has no end either; what is between is then written statement by statement.
            if (!waits && complaint.Contains("no transaction is active", StringComparison.Ordinal))
                continue;
            // Where SQLite tells what it was at, under the error itself.
            if (complaint.StartsWith(' '))
                continue;
            errors.Add(complaint, waits);
        }
    }
}
