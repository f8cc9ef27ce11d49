namespace RealtimeApi.Client;

/// <summary>How far a <see cref="LiveView{T}"/> can be trusted to show what is there.</summary>
public enum LiveState
{
    /// <summary>The first items are not complete yet.</summary>
    Connecting,

    /// <summary>The items are complete, and each change arrives as it is committed.</summary>
    Current,

    /// <summary>The items are those of a while ago: the server is out of reach, or they are being compared with a new list. The view becomes current by itself.</summary>
    Stale,

    /// <summary>The view follows no more: it was disposed, or the server refused. The items stay as they were.</summary>
    Ended,
}
