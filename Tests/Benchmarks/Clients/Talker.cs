using System.Buffers.Text;
using System.Diagnostics;

namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A client of the hub that sends messages to the others who watch, counts theirs, and measures how long they took.</summary>
internal sealed class Talker : HubSocket
{
    private static readonly string Padding = new('n', 150);

    private readonly List<TimeSpan> delays = [];
    private long received;

    public long Received => Volatile.Read(ref received);

    /// <summary>How long the messages took, from the sender's call to here; to be asked when none is under way.</summary>
    public IReadOnlyList<TimeSpan> Delays => delays;

    public void Forget() => delays.Clear();

    /// <summary>Sends some 200 bytes, with the time in them.</summary>
    public Task SayAsync() => InvokeAsync("Send", $$"""["orders",null,{"note":"{{Padding}}","at":{{Stopwatch.GetTimestamp()}}}]""");

    protected override void Take(ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf("\"at\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(message[(at + "\"at\":".Length)..], out long sent, out _))
            return;
        delays.Add(Stopwatch.GetElapsedTime(sent));
        Volatile.Write(ref received, received + 1);
    }
}
