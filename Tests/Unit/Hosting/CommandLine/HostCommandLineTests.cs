using RealtimeApi.Hosting.CommandLine;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hosting.CommandLine;

public sealed class HostCommandLineTests
{
    [Theory]
    [InlineData("", "serve")]
    [InlineData("--database a.db --activity", "serve a.db activity")]
    [InlineData("--A:B=c --urls http://x:1", "serve --A:B=c --urls=http://x:1")]
    [InlineData("migrate", "migrate")]
    [InlineData("migrate --script", "migrate script")]
    [InlineData("migrate --script --remove", "migrate script remove")]
    [InlineData("migrate --check --A:B c", "migrate check --A:B c")]
    [InlineData("--A:B=c migrate --remove --D:E=f", "migrate remove --A:B=c --D:E=f")]
    [InlineData("reconcile", "reconcile")]
    [InlineData("reconcile orders lines", "reconcile orders lines |")]
    [InlineData("reconcile orders --A:B c lines --D:E=f", "reconcile orders lines | --A:B c --D:E=f")]
    [InlineData("--A:B=c reconcile orders", "reconcile orders | --A:B=c")]
    public async Task Invoke_Arguments_RunsWhatTheyAskFor(string arguments, string expected) => Assert.Equal(expected, await RunAsync(arguments));

    [Theory]
    [InlineData("migrate --nonsense")]
    [InlineData("migrate orders")]
    [InlineData("migrate --check --script")]
    [InlineData("migrate --check --remove")]
    [InlineData("reconcile --script")]
    [InlineData("reconcile -x")]
    [InlineData("nonsense")]
    public async Task Invoke_Mistake_RunsNothing(string arguments) => Assert.Equal("", await RunAsync(arguments));

    private static async Task<string> RunAsync(string arguments)
    {
        var ran = "";
        var commandLine = HostCommandLine.Create(new(
            (a, _) => Run($"serve {a.Database} {(a.Activity ? "activity" : "")} {string.Join(' ', a.Settings)}"),
            (a, _) => Run($"migrate {(a.Check ? "check" : "")} {(a.Script ? "script" : "")} {(a.Remove ? "remove" : "")} {string.Join(' ', a.Settings)}"),
            (a, _) => Run($"reconcile {string.Join(' ', a.Resources)} {(a.Resources.Length > 0 ? "|" : "")} {string.Join(' ', a.Settings)}")));
        var exitCode = await commandLine.InvokeAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(ran.Length > 0 ? 0 : 1, exitCode);
        return string.Join(' ', ran.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Task<int> Run(string what)
        {
            ran = what;
            return Task.FromResult(0);
        }
    }
}
