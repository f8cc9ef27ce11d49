using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace RealtimeApi.Server.Polling;

/// <summary>Sends a page of changes around the events' encoded bytes: <c>{"changes":[…],"cursor":"…","more":false}</c>.</summary>
internal static class ChangesWriter
{
    private const string CursorHeader = "Realtime-Cursor";

    /// <summary>How much is put into the response before the client has to take some of it.</summary>
    private const int FlushBytes = 32 * 1024;

    private static ReadOnlySpan<byte> Start => "{\"changes\":["u8;

    public static async Task WriteAsync(HttpContext context, ChangesPage page)
    {
        var response = context.Response;
        response.Headers[CursorHeader] = page.Cursor;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/json";

        // A cursor's letters need no escaping.
        var end = Encoding.ASCII.GetBytes($"],\"cursor\":\"{page.Cursor}\",\"more\":{(page.More ? "true" : "false")}}}");
        var length = (long)Start.Length + end.Length + Math.Max(0, page.Changes.Count - 1);
        foreach (var made in page.Changes)
            length += made.Json.Length;
        response.ContentLength = length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        var writer = response.BodyWriter;
        var pending = 0;
        writer.Write(Start);
        for (var i = 0; i < page.Changes.Count; i++)
        {
            if (i > 0)
                writer.Write(","u8);
            writer.Write(page.Changes[i].Json.Span);
            pending += page.Changes[i].Json.Length;
            if (pending < FlushBytes)
                continue;
            await writer.FlushAsync(context.RequestAborted);
            pending = 0;
        }

        writer.Write(end);
        await writer.FlushAsync(context.RequestAborted);
    }
}
