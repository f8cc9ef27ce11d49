namespace RealtimeApi.Server.Hubs;

/// <summary>What the other nodes have told of who watches what on them, and which of them are there.</summary>
/// <remarks>
/// <para>A node counts its changes and repeats the count with each heartbeat, so that a listener which has missed one knows, and asks for the whole. Others are judged only by the heartbeats that
/// were heard between this node's own, which come back to it the same way: while the way is blocked, nobody is taken for dead. Of those that were held up on it and come
/// all at once only the first counts, since what the others said meanwhile stands behind them.</para>
/// <para>Owned by <see cref="PresenceTalk"/>, whose lock guards it.</para>
/// </remarks>
/// <param name="board">Where all of it is told to the clients.</param>
/// <param name="heartbeat">How often each node says that it is there.</param>
/// <param name="time">The clock.</param>
internal sealed class PresenceNodes(PresenceBoard board, TimeSpan heartbeat, TimeProvider time)
{
    /// <summary>Own heartbeats between which another node may be silent.</summary>
    private const int MaxSilence = 3;

    private readonly Dictionary<string, PresenceNode> nodes = new(StringComparer.Ordinal);
    private long beats;
    private long? beatAt;

    /// <summary>How many others there are.</summary>
    public int Count => nodes.Count;

    /// <summary>This node's own heartbeat has come back.</summary>
    /// <returns>Those who have been silent for too long; whoever was on them has left.</returns>
    public IReadOnlyList<string> Beat()
    {
        var now = time.GetTimestamp();
        if (beatAt is { } last && time.GetElapsedTime(last, now) < heartbeat / 2)
            return [];
        beatAt = now;
        beats++;
        List<string> silent = [.. nodes.Where(node => beats - node.Value.HeardAt > MaxSilence).Select(static node => node.Key)];
        silent.ForEach(Remove);
        foreach (var node in nodes.Values)
            node.IsAsked = false;
        return silent;
    }

    /// <summary>Takes in what another node says.</summary>
    /// <returns>Whether it has to be asked for its state.</returns>
    public bool Take(PresenceMessage message, string logId)
    {
        if (message.Kind == PresenceMessageKind.End)
        {
            Remove(message.Node);
            return false;
        }

        if (!nodes.TryGetValue(message.Node, out var node))
            nodes.Add(message.Node, node = new());
        node.HeardAt = beats;
        var joined = (message.Joined ?? []).Select(entry => entry.On(logId));
        var left = (message.Left ?? []).Select(entry => entry.On(logId));
        switch (message.Kind)
        {
            case PresenceMessageKind.Change when node.Take(message.Count, joined, left) is { } change:
                board.Apply(change.Joined, change.Left);
                return false;
            case PresenceMessageKind.State:
                if (node.TakeState(message.Count, message.State, message.Part, message.IsLast, joined) is { } state)
                    board.Apply(state.Joined, state.Left);
                return false;
            case PresenceMessageKind.Beat when node.Count == message.Count:
            case PresenceMessageKind.Question when node.Count is not null:
                return false;
        }

        var ask = !node.IsAsked;
        node.IsAsked = true;
        return ask;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        foreach (var node in nodes.Keys.ToList())
            Remove(node);
    }

    private void Remove(string id)
    {
        if (nodes.Remove(id, out var node))
            board.Apply([], node.Entries);
    }
}
