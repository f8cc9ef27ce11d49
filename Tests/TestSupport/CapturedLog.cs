using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>Keeps what a server logs, and fails the test for an error that it did not expect.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> entries = new();
    private readonly ConcurrentQueue<Func<LogEntry, bool>> expected = new();
    private readonly ConcurrentQueue<(Func<LogEntry, bool> Matches, TaskCompletionSource<LogEntry> Found)> awaited = new();

    /// <summary>Everything logged so far, in order.</summary>
    public IReadOnlyCollection<LogEntry> Entries => entries;

    /// <summary>Declares errors that the test provokes.</summary>
    public void Expect(Func<LogEntry, bool> error) => expected.Enqueue(error);

    /// <summary>Completes with the first line that matches, logged before or from now on; fails after <see cref="Until.Patience"/>.</summary>
    public Task<LogEntry> WaitForAsync(Func<LogEntry, bool> matches)
    {
        var found = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
        awaited.Enqueue((matches, found));
        if (entries.FirstOrDefault(matches) is { } earlier)
            found.TrySetResult(earlier);
        return found.Task.WaitAsync(Until.Patience);
    }

    /// <summary>Throws when an error was logged that no <see cref="Expect"/> covers.</summary>
    public void ThrowIfUnexpectedErrors()
    {
        var unexpected = entries.Where(entry => entry.Level >= LogLevel.Error && !expected.Any(covers => covers(entry))).ToList();
        if (unexpected.Count > 0)
            throw new InvalidOperationException($"The server logged errors that the test did not expect:{Environment.NewLine}{string.Join(Environment.NewLine, unexpected)}");
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(this, categoryName);

    void IDisposable.Dispose()
    {
    }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var entry = new LogEntry(category, logLevel, eventId, formatter(state, exception), exception);
            log.entries.Enqueue(entry);
            foreach (var (matches, found) in log.awaited)
            {
                if (matches(entry))
                    found.TrySetResult(entry);
            }
        }
    }
}
