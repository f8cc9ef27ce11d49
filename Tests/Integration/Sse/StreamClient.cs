using System.Text;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Sse;

/// <summary>Reads a stream letter by letter: what the wire really carries.</summary>
internal sealed class StreamClient : IDisposable
{
    private readonly Stream stream;
    private readonly byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private StreamClient(HttpResponseMessage response, Stream stream)
    {
        Response = response;
        this.stream = stream;
    }

    public HttpResponseMessage Response { get; }

    public static Task<StreamClient> OpenAsync(TestServer server, string path, params (string Name, string Value)[] headers) => OpenAsync(server.Client, server.Address, path, headers);

    public static async Task<StreamClient> OpenAsync(HttpClient client, Uri server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode)
            Assert.Fail($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        return new(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next lines up to an empty one, without that; null where the stream was closed.</summary>
    public async Task<string?> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Until.Patience);
        var block = new MemoryStream();
        while (true)
        {
            var read = buffer.AsSpan(start, end - start);
            while (!read.IsEmpty)
            {
                block.WriteByte(read[0]);
                read = read[1..];
                start++;
                if (block.Length >= 2 && block.GetBuffer().AsSpan((int)block.Length - 2, 2).SequenceEqual("\n\n"u8))
                    return Encoding.UTF8.GetString(block.GetBuffer(), 0, (int)block.Length - 2);
            }

            (start, end) = (0, await stream.ReadAsync(buffer, patience.Token));
            if (end > 0)
                continue;
            Assert.Equal(0, block.Length);
            return null;
        }
    }

    /// <summary>The next lines that are no bookmark.</summary>
    public async Task<string?> NextChangeAsync()
    {
        while (true)
        {
            var block = await NextAsync();
            if (block is null || !block.Contains("event: bookmark\n", StringComparison.Ordinal))
                return block;
        }
    }

    /// <summary>What the opening lines say the cursor is.</summary>
    public async Task<string> OpeningAsync()
    {
        Assert.Equal("retry: 2000", await NextAsync());
        return CursorOf((await NextAsync())!);
    }

    /// <summary>The cursor that a bookmark carries, twice.</summary>
    public static string CursorOf(string bookmark)
    {
        var lines = bookmark.Split('\n');
        Assert.Equal(3, lines.Length);
        var cursor = lines[0]["id: ".Length..];
        Assert.Equal([$"id: {cursor}", "event: bookmark", $"data: {{\"cursor\":\"{cursor}\"}}"], lines);
        return cursor;
    }

    public void Dispose()
    {
        stream.Dispose();
        Response.Dispose();
    }
}
