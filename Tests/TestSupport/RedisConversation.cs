using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>Single commands to what speaks Redis' protocol on this machine.</summary>
internal static class RedisConversation
{
    /// <returns>The first line of the answer.</returns>
    public static async Task<string?> SendAsync(int port, string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Until.Patience);
        await using var stream = client.GetStream();
        var command = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
            command.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command.ToString()));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync().WaitAsync(Until.Patience);
    }
}
