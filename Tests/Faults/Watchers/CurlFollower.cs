using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport.Following;

namespace RealtimeApi.Tests.Faults.Watchers;

/// <summary>Watches a stream of server-sent events with the curl program, and resumes by <c>Last-Event-ID</c>.</summary>
/// <param name="address">The server's.</param>
/// <param name="view">What to watch.</param>
/// <param name="initial">Whether to begin with the items.</param>
/// <param name="random">Draws when to leave.</param>
/// <param name="mayExpire">Whether the log is trimmed beneath it.</param>
/// <param name="silence">How long a stream may say nothing before it is taken for dead; the server says something every 15 seconds.</param>
internal sealed class CurlFollower(Uri address, View view, bool initial, Random random, bool mayExpire, TimeSpan silence) : IFollower
{
    /// <summary>The reason to skip a test where it is not installed.</summary>
    public const string Missing = "The curl program is not installed.";

    public Followed Followed { get; } = new(view, $"curl ({(initial ? "initial" : "now")})") { MayExpire = mayExpire };

    public static bool IsInstalled
    {
        get
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("curl", ["--version"]) { RedirectStandardOutput = true })!;
                process.StandardOutput.ReadToEnd();
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            List<string> arguments = ["-sNi", "--connect-timeout", "10"];
            if (Followed.Cursor is { } cursor)
                arguments.AddRange(["-H", $"Last-Event-ID: {cursor}"]);
            arguments.Add(new Uri(address, WatchPath.Of(view, "events", initial ? ["initial=true"] : [])).AbsoluteUri);
            using var process = Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true })!;
            try
            {
                await ReadAsync(process.StandardOutput, stop);
            }
            catch (OperationCanceledException)
            {
                // Stopped, or silent for too long.
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            Followed.Resumed++;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(StreamReader output, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var status = await NextAsync();
        if (status is null)
            return;
        while (await NextAsync() is { Length: > 0 })
        {
            // Headers.
        }

        if (!status.Contains(" 200 ", StringComparison.Ordinal))
        {
            Followed.Check(status.Contains(" 410 ", StringComparison.Ordinal) || status.Contains(" 503 ", StringComparison.Ordinal), $"The stream was refused: {status}");
            if (status.Contains(" 410 ", StringComparison.Ordinal))
                Followed.Expire(status);
            return;
        }

        for (var left = random.Next(10, 300); left > 0; left--)
        {
            var (id, type, data, line) = ("", "", "", await NextAsync());
            for (; line is { Length: > 0 }; line = await NextAsync())
            {
                var (name, value) = line.Split(": ", 2) is [var before, var after] ? (before, after) : (line, "");
                (id, type, data) = name switch { "id" => (value, type, data), "event" => (id, value, data), "data" => (id, type, value), _ => (id, type, data) };
            }

            // What a cut left unfinished is not an event.
            if (line is null || (type.Length > 0 && !Take(id, type, data)))
                return;
        }

        async ValueTask<string?> NextAsync()
        {
            patience.CancelAfter(silence);
            return await output.ReadLineAsync(patience.Token);
        }
    }

    /// <returns>Whether the stream goes on.</returns>
    private bool Take(string id, string type, string data)
    {
        using var json = JsonDocument.Parse(data.Length == 0 ? "{}" : data);
        switch (type)
        {
            case "reset":
                Followed.Check(initial && Followed.Cursor is null && id.Length == 0, "A snapshot came that nobody asked for.");
                Followed.BeginItems();
                return true;
            case "bookmark" or "synced":
                Followed.Check(id == json.RootElement.GetProperty("cursor").GetString(), $"A {type} has two cursors.");
                if (Followed.Cursor is null)
                    Followed.Begin(id);
                else
                    Followed.MoveTo(id);
                return true;
            case "ended":
                var problem = json.RootElement.GetProperty("type").GetString();
                if (problem == "/problems/" + ProblemCodes.CursorExpired)
                    Followed.Expire(data);
                else
                    Followed.Check(problem == "/problems/" + ProblemCodes.Unavailable, $"The server ended it: {data}");
                return false;
            default:
                if (json.RootElement.TryGetProperty("initial", out _))
                {
                    Followed.AddInitial(json.RootElement.GetProperty("subject").GetString()!, JsonObject.Create(json.RootElement.GetProperty("data").Clone())!);
                    return true;
                }

                Followed.Check(json.RootElement.GetProperty("id").GetString() == id && json.RootElement.GetProperty("type").GetString() == type, $"An event's lines differ from it: {id}, {type}, {data}");
                Followed.Add(Seen.Of(view.Resource, json.RootElement), id);
                Followed.MoveTo(id);
                return true;
        }
    }
}
