using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Writing;

/// <summary>The body of a write as it was sent, read once and kept, so that the write can be tried again.</summary>
internal sealed class WriteBody(ReadOnlyMemory<byte> bytes)
{
    public const string Json = "application/json";

    public const string MergePatch = "application/merge-patch+json";

    private const int FirstRead = 16 * 1024;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Reads it to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mediaType">
    /// The one type that is taken. No page can send it to another site without asking first (CORS), which a form or a text could.
    /// </param>
    /// <param name="limit">The most bytes that are taken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><c>unsupported-media-type</c>, <c>payload-too-large</c>.</exception>
    public static async Task<WriteBody> ReadAsync(HttpRequest request, string mediaType, int limit, CancellationToken cancellationToken)
    {
        RequireType(request, mediaType);
        if (request.ContentLength > limit)
            throw TooLarge(limit);
        // The limit here is ours; the server's own may be lower than what was configured.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size && size.MaxRequestBodySize < limit)
            size.MaxRequestBodySize = limit + 1L;
        var bytes = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? FirstRead, 1, FirstRead));
        while (await request.Body.ReadAsync(bytes.GetMemory(1), cancellationToken) is > 0 and var read)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > limit)
                throw TooLarge(limit);
        }

        return new(bytes.WrittenMemory);
    }

    private static void RequireType(HttpRequest request, string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
            throw Unsupported($"{request.Method} takes a body of the Content-Type {mediaType}.");
        if (type.Charset.HasValue && !type.Charset.Value.Trim('"').Equals(Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase))
            throw Unsupported("JSON is sent in UTF-8, and no other charset.");
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
            throw Unsupported("The body is compressed (Content-Encoding); send it as it is.");
    }

    private static ProblemException Unsupported(string detail) => new(ProblemCodes.UnsupportedMediaType, detail);

    private static ProblemException TooLarge(int limit) => new(ProblemCodes.PayloadTooLarge, $"A body may have {limit} bytes.");
}
