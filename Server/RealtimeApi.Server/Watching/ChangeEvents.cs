using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;

namespace RealtimeApi.Server.Watching;

/// <summary>The events of one change, each made once for all scopes that send the same fields of it with the same meaning.</summary>
/// <remarks>Owned by the engine's loop.</remarks>
internal sealed class ChangeEvents
{
    private readonly Dictionary<(ViewChange View, string Rights, FieldSelection Select), WatchEvent> made = [];
    private Change change = null!;

    public void Begin(Change next)
    {
        change = next;
        made.Clear();
    }

    public WatchEvent Make(Scope scope, ViewChange view)
    {
        var of = (view, scope.View.Rights, scope.View.Select);
        if (!made.TryGetValue(of, out var known))
            made.Add(of, known = EventWriter.Write(change, view, scope.View.Select, scope.LogId, scope.View.Rights));
        return known;
    }
}
