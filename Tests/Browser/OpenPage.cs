using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser;

/// <summary>A browser's page that fails its test for an error in the console or an exception that the test did not expect.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> errors = new();
    private readonly List<string> expected = [];

    public OpenPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>Declares console errors that the test provokes, by a part of their text.</summary>
    public void Expect(string part) => expected.Add(part);

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        // Thrown only where nothing else has failed: a failed assertion is told first.
        if (TestContext.Current.TestState is null or { Result: TestResult.Passed })
            Assert.DoesNotContain(errors, error => !expected.Any(part => error.Contains(part, StringComparison.Ordinal)));
    }
}
