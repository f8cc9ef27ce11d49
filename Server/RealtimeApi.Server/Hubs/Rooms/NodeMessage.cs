using System.Text;

namespace RealtimeApi.Server.Hubs;

/// <summary>A client's message on its way to another node: who sent it, a line feed, and its JSON.</summary>
internal static class NodeMessage
{
    public static string Write(string from, MessageBody body) => $"{from}\n{Encoding.UTF8.GetString(body.Json.Span)}";

    public static (string From, MessageBody Body) Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..end], new(Encoding.UTF8.GetBytes(text[(end + 1)..])));
    }
}
