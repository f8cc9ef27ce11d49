using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;

namespace RealtimeApi.Server.Watching;

/// <summary>The events of one change, each made once for all scopes that send the same fields of it with the same meaning.</summary>
/// <remarks>Owned by the engine's loop.</remarks>
internal sealed class ChangeEvents
{
    private readonly List<(ViewChange View, FieldSelection Select, string Rights, WatchEvent Event)> made = [];
    private Change change = null!;

    public void Begin(Change next)
    {
        change = next;
        made.Clear();
    }

    public WatchEvent Make(Scope scope, ViewChange view)
    {
        foreach (var known in made)
            if (known.View == view && known.Rights == scope.View.Rights && known.Select.Equals(scope.View.Select))
                return known.Event;
        var added = EventWriter.Write(change, view, scope.View.Select, scope.LogId, scope.View.Rights);
        made.Add((view, scope.View.Select, scope.View.Rights, added));
        return added;
    }
}
