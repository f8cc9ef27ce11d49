using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client.Aot;

/// <summary>That the SDK does compiled ahead of time, and trimmed, what it does otherwise: reads, C# conditions, writes, watches and live views.</summary>
public sealed class NativeAotTests(NativeProgram program) : IClassFixture<NativeProgram>, IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, Total DECIMAL(10, 2) NOT NULL, OrderedAt DATETIME);
        INSERT INTO Orders VALUES (1, 'pending', 12.5, NULL), (2, 'paid', 99, NULL), (3, 'pending', 40, '2026-11-23 10:00:00'), (4, 'pending', 5, NULL);
        """);

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("WebSockets")]
    [InlineData("ServerSentEvents")]
    [InlineData("LongPolling")]
    public async Task Program_PublishedAheadOfTime_ReadsWritesAndWatches(string transport)
    {
        Requirements.SkipUnless(NativeProgram.Missing is null, NativeProgram.Missing ?? "");
        await using var server = await TestServer.StartAsync(database.File, options =>
        {
            var all = options.Resources["*"];
            (all.Write, all.Messages, all.Presence) = (true, true, true);
        });

        var output = await program.RunAsync(server.Address.ToString(), transport);

        Assert.Equal(
            $"""
            resources: orders
            list: 3 40, 1 12.5; count 2
            view: 3, 1; Current
            change: Added 5 12.5
            change: Modified 5 13.25
            change: Removed 5 gone
            polled: Added, Modified, Removed
            untyped: pending
            room: {(transport == "WebSockets" ? "12.5, from the other True" : "needs-websocket")}
            refused: invalid-body: status

            """,
            output,
            ignoreLineEndingDifferences: true);
    }
}
