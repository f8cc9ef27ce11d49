using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser;

/// <summary>One headless Chromium, the system's own, for all tests of this assembly.</summary>
public sealed class Browsers : IAsyncLifetime
{
    private static readonly string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "chrome.exe", "msedge.exe"];

    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("realtimeapi-browser-");
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } executable)
            return;
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout((float)Until.Patience.TotalMilliseconds);
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Headless = true,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            Env = new Dictionary<string, string>(Variables()) { ["XDG_CONFIG_HOME"] = profile.FullName, ["XDG_CACHE_HOME"] = profile.FullName },
        });
    }

    /// <summary>A page of its own in a context of its own; the test is skipped where there is no browser.</summary>
    public async Task<OpenPage> OpenAsync(int width = 1400, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        Requirements.SkipUnless(browser is not null, "This test needs Chromium (Debian: apt-get install chromium), or its path in REALTIMEAPI_CHROMIUM.");
        var context = await browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors });
        context.SetDefaultTimeout((float)Until.Patience.TotalMilliseconds);
        return new(await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        profile.Delete(recursive: true);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("REALTIMEAPI_CHROMIUM") is { Length: > 0 } configured)
            return configured;
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables() =>
        from System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()
        select KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "");
}
