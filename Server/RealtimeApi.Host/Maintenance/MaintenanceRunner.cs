using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using RealtimeApi.Hosting.CommandLine;
using RealtimeApi.Hosting.Startup;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Maintenance;

namespace RealtimeApi.Hosting.Maintenance;

/// <summary>Runs the commands on the database that the server would serve, without starting the server.</summary>
/// <remarks>What was asked for goes to the standard output, so that a script can be kept in a file; everything else to the standard error.</remarks>
internal static class MaintenanceRunner
{
    private const string NotNeeded = "This is SQLite: the server itself installs what it needs, and its triggers see every change. There is nothing to do.";

    /// <summary>The command <c>migrate</c>.</summary>
    /// <returns>0 when it is done, or nothing was to do; 1 when it failed, or <c>--check</c> found something.</returns>
    public static Task<int> MigrateAsync(MigrateArguments arguments, CancellationToken cancellationToken) => RunAsync("migrate", arguments.Settings, async (maintenance, token) =>
    {
        if (arguments.Script)
        {
            await Console.Out.WriteAsync(arguments.Remove ? await maintenance.ScriptRemovalAsync(token) : await maintenance.ScriptAsync(token));
            return 0;
        }

        if (arguments.Check)
        {
            var found = await maintenance.CheckAsync(token);
            await TellAsync(found, "Missing:", "Nothing is missing.");
            return found.Steps.Count == 0 ? 0 : 1;
        }

        await TellAsync(
            arguments.Remove ? await maintenance.RemoveAsync(token) : await maintenance.MigrateAsync(token),
            arguments.Remove ? "Done:" : "Done. What was found before:",
            arguments.Remove ? "Nothing was there to remove." : "Nothing was missing.");
        return 0;
    }, cancellationToken);

    /// <summary>The command <c>reconcile</c>.</summary>
    /// <returns>0 when the log has everything now; 1 when it failed.</returns>
    public static Task<int> ReconcileAsync(ReconcileArguments arguments, CancellationToken cancellationToken) => RunAsync("reconcile", arguments.Settings, async (maintenance, token) =>
    {
        await maintenance.ReconcileAsync(arguments.Resources, new ReconcileReport(Console.Out, Console.Error, TimeProvider.System), token);
        return 0;
    }, cancellationToken);

    private static async Task<int> RunAsync(string command, string[] settings, Func<DatabaseMaintenance, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ConsoleCancelEventHandler onCancel = (_, e) =>
            {
                e.Cancel = true;
                stop.Cancel();
            };
            Console.CancelKeyPress += onCancel;
            try
            {
                var host = Build(command, settings);
                await using var disposal = (IAsyncDisposable)host;
                host.Services.GetService<IStartupValidator>()?.Validate();
                var maintenance = host.Services.GetRequiredService<DatabaseMaintenance>();
                if (maintenance.IsNeeded)
                    return await run(maintenance, stop.Token);
                await Console.Error.WriteLineAsync(NotNeeded);
                return 0;
            }
            finally
            {
                Console.CancelKeyPress -= onCancel;
            }
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped. What was done stays; repeat the command to go on.");
            return 1;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(StartFailures.Explain(e, $"'{command}' failed"));
            return 1;
        }
    }

    private static IHost Build(string command, string[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        if (HostConfiguration.Complete(builder.Configuration, new HostArguments(null, Activity: false, settings)) is not null)
        {
            throw new StartFailureException(
                $"No database is configured. Name one, e.g. {command} --RealtimeApi:Database:Provider=SqlServer \"--RealtimeApi:Database:ConnectionString=Server=…;Database=…;User Id=…;Password=…\" "
                + "--RealtimeApi:Resources=*, or in appsettings.json.");
        }

        builder.Logging.ClearProviders().AddConsole().AddFilter<ConsoleLoggerProvider>(static level => level >= LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRealtimeApi();
        return builder.Build();
    }

    private static async Task TellAsync(MigrationState state, string what, string nothing)
    {
        foreach (var warning in state.Warnings)
            await Console.Error.WriteLineAsync($"Warning: {warning}");
        await Console.Out.WriteLineAsync(state.Steps.Count == 0 ? nothing : what);
        foreach (var step in state.Steps)
            await Console.Out.WriteLineAsync($"  - {step}");
    }
}
