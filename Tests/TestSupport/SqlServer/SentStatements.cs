using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Tests.TestSupport.SqlServer;

/// <summary>Everything that this process sends to one database while this object lives: SqlClient tells it to whoever listens.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SentStatements : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly string database;
    private readonly ConcurrentDictionary<string, bool> texts = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<IDisposable> subscriptions = [];

    /// <param name="database">The database's name.</param>
    public SentStatements(string database)
    {
        this.database = database;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The texts so far, each once.</summary>
    public IReadOnlyCollection<string> Texts => [.. texts.Keys];

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "SqlClientDiagnosticListener")
            subscriptions.Add(value.Subscribe(this, static name => name.EndsWith("WriteCommandBefore", StringComparison.Ordinal)));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value?.GetType().GetProperty("Command", BindingFlags.Public | BindingFlags.Instance)?.GetValue(value.Value) is SqlCommand { Connection: { } connection } command
            && connection.Database == database)
            texts.TryAdd(command.CommandText, true);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }
}
