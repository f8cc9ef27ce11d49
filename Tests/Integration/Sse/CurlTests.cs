using System.ComponentModel;
using System.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Sse;

/// <summary>The README's <c>curl -N</c>.</summary>
public sealed class CurlTests
{
    [Fact]
    public async Task Curl_OfAStream_PrintsAChangeAsItComes()
    {
        using var database = new TempDatabase("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
        await using var server = await TestServer.StartAsync(database.File);
        using var curl = Start("-sSN", new Uri(server.Address, "api/notes/events?$filter=text%20eq%20%27a%27").AbsoluteUri);
        try
        {
            Assert.Equal("retry: 2000", await ReadAsync(curl));
            Assert.Equal("", await ReadAsync(curl));
            Assert.StartsWith("id: ", await ReadAsync(curl), StringComparison.Ordinal);
            Assert.Equal("event: bookmark", await ReadAsync(curl));
            await ReadAsync(curl);
            Assert.Equal("", await ReadAsync(curl));

            database.Execute("INSERT INTO notes VALUES (1, 'b'), (2, 'a')");

            Assert.StartsWith("id: ", await ReadAsync(curl), StringComparison.Ordinal);
            Assert.Equal("event: notes.created", await ReadAsync(curl));
            Assert.EndsWith("""{"id":2,"text":"a"}}""", await ReadAsync(curl), StringComparison.Ordinal);
        }
        finally
        {
            curl.Kill();
            await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static Process Start(params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            Requirements.SkipUnless(met: false, "The program curl is not installed.");
            throw;
        }
    }

    private static async Task<string?> ReadAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
}
