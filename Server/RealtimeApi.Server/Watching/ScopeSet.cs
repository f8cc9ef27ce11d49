using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The scopes that go on, with their watches: found by view or by change, and counted against what they may cost.</summary>
/// <remarks>Guarded by the engine's lock. A scope that has ended is no longer here; its watches are, until each has gone.</remarks>
internal sealed class ScopeSet(WatchingOptions options)
{
    private readonly Dictionary<ScopeKey, Scope> scopes = [];
    private readonly ScopeIndex index = new();
    private readonly WatchCosts costs = new(options);

    /// <summary>The distinct views.</summary>
    public int Count => scopes.Count;

    /// <summary>The watches of all of them, and of those that have ended.</summary>
    public int WatchCount { get; private set; }

    public Dictionary<ScopeKey, Scope>.ValueCollection All_NeedsLock => scopes.Values;

    /// <summary>Adds a watch to the scope of its view, which is made where there is none.</summary>
    /// <param name="view">What is watched.</param>
    /// <param name="caller">For whom.</param>
    /// <param name="logId">The log that a new scope's cursors are of.</param>
    /// <param name="start">From where a new scope is complete.</param>
    /// <param name="make">Makes the watch.</param>
    /// <exception cref="ProblemException">It would cost too much (<c>limit-exceeded</c>); nothing has been added.</exception>
    public Watch Add_NeedsLock(WatchView view, string caller, string logId, LogPoint start, Func<Scope, Watch> make)
    {
        var key = new ScopeKey(view);
        var scope = scopes.GetValueOrDefault(key);
        if (scope is null)
            costs.RequireRoom(view, index.CostBeside_NeedsLock(view));
        costs.Add(caller, view);
        if (scope is null)
        {
            scope = new(view, logId, start);
            scopes.Add(key, scope);
            index.Add_NeedsLock(scope);
        }

        var watch = make(scope);
        scope.Add_NeedsLock(watch);
        WatchCount++;
        return watch;
    }

    /// <summary>Removes a watch, and with the last one its scope; nothing where it has been removed before.</summary>
    public void Remove_NeedsLock(Watch watch)
    {
        var scope = watch.Scope;
        if (!scope.Remove_NeedsLock(watch))
            return;
        WatchCount--;
        costs.Remove(watch.Caller, scope.View);
        if (scope.WatchCount == 0 && scope.End is null)
            Remove(scope);
    }

    /// <summary>Ends a scope, unless it has ended before: the next watch of its view begins another.</summary>
    public void End_NeedsLock(Scope scope, ScopeEnd why)
    {
        if (scope.End is not null)
            return;
        scope.End_NeedsLock(why);
        Remove(scope);
    }

    /// <inheritdoc cref="ScopeIndex.Find_NeedsLock"/>
    public void Find_NeedsLock(Change change, List<Scope> found) => index.Find_NeedsLock(change, found);

    private void Remove(Scope scope)
    {
        scopes.Remove(new(scope.View));
        index.Remove_NeedsLock(scope);
    }
}
