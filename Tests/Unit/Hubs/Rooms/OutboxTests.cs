using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Rooms;

/// <summary>The real connection of SignalR, whose client takes frames when the test says so.</summary>
public sealed class OutboxTests
{
    [Fact]
    public async Task Post_ToAClientThatTakesNothing_KeepsTheNewestAndNoMore()
    {
        await using var connection = new StuckConnection();
        var outbox = new Outbox(connection.Hub);

        for (var i = 0; i < 1000; i++)
            outbox.Post(Numbered(i));

        // The first was being written when the others came.
        var expected = Enumerable.Range(1000 - Outbox.MaxMessages, Outbox.MaxMessages).Prepend(0).ToList();
        foreach (var number in expected)
            Assert.Equal($"{number}", await connection.TakeAsync());
        outbox.Post(Numbered(1000));
        Assert.Equal("1000", await connection.TakeAsync());
    }

    [Fact]
    public async Task Post_ToAConnectionThatIsGone_LetsGoOfEverything()
    {
        await using var connection = new StuckConnection();
        var outbox = new Outbox(connection.Hub);
        var reference = PostAndForget(outbox);
        outbox.Post(Numbered(2));

        connection.Hub.Abort();
        await connection.AbortedAsync();
        await connection.TakeAsync();
        outbox.Post(Numbered(3));

        await Until.TrueAsync(() =>
        {
            GC.Collect();
            return !reference.IsAlive;
        });
    }

    /// <summary>A sender in a lively room would write what all the others say, and a node everything that it hears of another, before it goes on.</summary>
    [Fact]
    public async Task Post_WhileOthersGoOnPosting_DoesNotWriteForThem()
    {
        var connection = new LivelyConnection();
        var outbox = connection.Outbox = new(connection);

        outbox.Post(Numbered(0));
        var written = connection.Written;

        Assert.InRange(written, 1, 10);
        await connection.AllWritten.WaitAsync(Until.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference PostAndForget(Outbox outbox)
    {
        outbox.Post(Numbered(0));
        var waiting = Numbered(1);
        outbox.Post(waiting);
        return new(waiting);
    }

    private static SerializedHubMessage Numbered(int number) => new(new InvocationMessage("Message", [number]));

    /// <summary>Takes what it is written at once, and meanwhile somebody else says something.</summary>
    private sealed class LivelyConnection() : HubConnectionContext(new DefaultConnectionContext("test"), new HubConnectionContextOptions(), NullLoggerFactory.Instance)
    {
        private const int Count = 1000;

        private readonly int poster = Environment.CurrentManagedThreadId;
        private readonly TaskCompletionSource allWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int writtenByPoster;
        private int written;

        public Outbox Outbox { get; set; } = null!;

        /// <summary>How many were written by the thread that made this.</summary>
        public int Written => Volatile.Read(ref writtenByPoster);

        public Task AllWritten => allWritten.Task;

        public override ValueTask WriteAsync(SerializedHubMessage message, CancellationToken cancellationToken = default)
        {
            if (Environment.CurrentManagedThreadId == poster)
                Interlocked.Increment(ref writtenByPoster);
            if (Interlocked.Increment(ref written) < Count)
                Outbox.Post(Numbered(written));
            else
                allWritten.TrySetResult();
            return default;
        }
    }
}
