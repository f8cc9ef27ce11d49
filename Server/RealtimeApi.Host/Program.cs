using System.Globalization;
using RealtimeApi.Hosting.Azure;
using RealtimeApi.Hosting.CommandLine;
using RealtimeApi.Hosting.Maintenance;
using RealtimeApi.Hosting.Startup;

GlobalizationData.Choose();
// What the host writes is the same for everybody, whatever the machine's language.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
AzureIdentity.Register();
return await HostCommandLine.Create(new(HostRunner.RunAsync, MaintenanceRunner.MigrateAsync, MaintenanceRunner.ReconcileAsync)).InvokeAsync(args);
