using RealtimeApi.Hosting.CommandLine;
using RealtimeApi.Hosting.Startup;

return await HostCommandLine.Create(HostRunner.RunAsync).InvokeAsync(args);
