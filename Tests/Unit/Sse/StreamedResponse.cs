using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Sse;

/// <summary>A response whose client is the test: each write to it stays pending until the test has taken it.</summary>
internal sealed class StreamedResponse : IHttpRequestLifetimeFeature, IAsyncDisposable
{
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private readonly CancellationTokenSource aborted = new();

    public StreamedResponse()
    {
        Context.Features.Set<IHttpResponseBodyFeature>(new Body(pipe.Writer));
        Context.Features.Set<IHttpRequestLifetimeFeature>(this);
    }

    public DefaultHttpContext Context { get; } = new();

    public CancellationToken RequestAborted
    {
        get => aborted.Token;
        set => throw new NotSupportedException();
    }

    public bool IsAborted => aborted.IsCancellationRequested;

    public void Abort() => aborted.Cancel();

    /// <summary>What is pending, which stays so.</summary>
    public Task<string> PeekAsync() => ReadAsync(take: false);

    /// <summary>Takes what is pending.</summary>
    public Task<string> TakeAsync() => ReadAsync(take: true);

    public bool IsQuiet()
    {
        if (!pipe.Reader.TryRead(out var read))
            return true;
        pipe.Reader.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty;
    }

    public async ValueTask DisposeAsync()
    {
        await pipe.Reader.CompleteAsync();
        aborted.Dispose();
    }

    private async Task<string> ReadAsync(bool take)
    {
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(read.Buffer);
        pipe.Reader.AdvanceTo(take ? read.Buffer.End : read.Buffer.Start);
        return text;
    }

    private sealed class Body(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => throw new NotSupportedException();

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
