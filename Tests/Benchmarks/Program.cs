using RealtimeApi.Tests.Benchmarks.Runs;
using RealtimeApi.Tests.Benchmarks.Servers;

if (args is ["serve", var role, var port, .. var settings])
{
    await BenchmarkServer.RunAsync(role, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), ServerSettings.Parse(settings));
    return 0;
}

var rounds = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 3;
switch (args.FirstOrDefault())
{
    case "fanout":
        await Fanout.RunAsync(rounds);
        return 0;
    case "sse":
        await Streams.RunAsync(rounds);
        return 0;
    case "messages":
        await Messages.RunAsync(rounds);
        return 0;
    case "filters":
        await Filters.RunAsync(rounds);
        return 0;
    case "reads":
        await Reads.RunAsync(rounds);
        return 0;
    case "writes":
        Writes.Run(rounds);
        return 0;
    case "sqlserver":
        return await SqlServerWrites.RunAsync(rounds);
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project Tests/Benchmarks -- <what> [rounds, default 3]
              fanout   1,000 WebSocket watchers: server CPU per delivered change and deliveries per second, against plain SignalR
              sse      1,000 event streams: server CPU per delivered change, against the least that a broadcast can be
              messages messages between 1,000 watchers, on one node and over two with a Redis: server CPU, latency and deliveries per second, against plain SignalR
              filters  the cost of one change with 100,000 equality-filter watches, against 100; the memory of an idle watch
              reads    server CPU per GET: from the database, from memory, and 304, against a minimal endpoint with Dapper
              writes   the time of inserts and updates with the capture's triggers, against none
              sqlserver  the same on the server that REALTIMEAPI_TEST_SQLSERVER names, as rows per second
            """);
        return 2;
}
