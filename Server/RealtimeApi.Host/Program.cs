using RealtimeApi.Host.CommandLine;
using RealtimeApi.Host.Startup;

return await HostCommandLine.Create(HostRunner.RunAsync).InvokeAsync(args);
