using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RealtimeApi.Tests.Benchmarks.Servers;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>Server CPU per GET of one item over kept-alive connections, against a minimal endpoint that reads by Dapper.</summary>
internal static class Reads
{
    private const int Connections = 16;
    private const int Requests = 40_000;

    public static async Task RunAsync(int rounds)
    {
        Median plain = new(), database = new(), memory = new(), notModified = new();
        Median databaseRatio = new(), memoryRatio = new(), notModifiedRatio = new();
        for (var round = 0; round < rounds; round++)
        {
            await using var plainServer = await ServerProcess.StartAsync("plain");
            await using var product = await ServerProcess.StartAsync("product");
            using var http = new HttpClient();
            using var first = await http.GetAsync($"http://127.0.0.1:{product.Port}/api/orders/7");
            var tag = first.Headers.ETag!.ToString();
            var reference = await MeasureAsync(plainServer, i => i % BenchmarkDatabase.Rows + 1, "", 200);
            var fromDatabase = await MeasureAsync(product, i => i % BenchmarkDatabase.Rows + 1, "Cache-Control: no-cache\r\n", 200);
            var fromMemory = await MeasureAsync(product, i => i % 100 + 1, "", 200);
            var conditional = await MeasureAsync(product, _ => 7, $"If-None-Match: {tag}\r\n", 304);
            plain.Add(reference);
            database.Add(fromDatabase);
            memory.Add(fromMemory);
            notModified.Add(conditional);
            databaseRatio.Add(fromDatabase / reference);
            memoryRatio.Add(fromMemory / reference);
            notModifiedRatio.Add(conditional / reference);
        }
        Console.WriteLine($"""
            GET of one item, server CPU µs per request, {Connections} connections, medians of {rounds} rounds (min–max)
              minimal endpoint with Dapper {plain}
              product, from the database   {database}   ratio {databaseRatio}   goal ≤ 1.25
              product, from memory         {memory}   ratio {memoryRatio}   goal ≤ 0.60
              product, 304 from memory     {notModified}   ratio {notModifiedRatio}   goal ≤ 0.55
            """);
    }

    private static async Task<double> MeasureAsync(ServerProcess server, Func<int, int> id, string header, int status)
    {
        await SendAsync(server.Port, Requests / 4, id, header, status);
        var cpu = await server.CpuAsync();
        await SendAsync(server.Port, Requests, id, header, status);
        return (await server.CpuAsync() - cpu) / Requests;
    }

    private static Task SendAsync(int port, int requests, Func<int, int> id, string header, int status) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(c => Task.Run(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync("127.0.0.1", port);
            var buffer = new byte[16 * 1024];
            for (var i = 0; i < requests / Connections; i++)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant(
                    $"GET /api/orders/{id(i * Connections + c)} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n")));
                await ReceiveAsync(socket, buffer, status);
            }
        })));

    /// <summary>Reads one answer, by Content-Length or chunks; it is small.</summary>
    private static async Task ReceiveAsync(Socket socket, byte[] buffer, int status)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
            if (IsComplete(buffer.AsSpan(0, length), status))
                return;
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer, int status)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        if (int.Parse(answer[9..12], CultureInfo.InvariantCulture) != status)
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
        if (status == 304)
            return true;
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
            return answer.EndsWith("0\r\n\r\n"u8);
        var digits = answer[(at + "Content-Length: "u8.Length)..];
        return answer.Length >= head + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
