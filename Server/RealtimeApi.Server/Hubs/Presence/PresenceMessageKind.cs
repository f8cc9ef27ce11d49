namespace RealtimeApi.Server.Hubs;

/// <summary>What a <see cref="PresenceMessage"/> says.</summary>
internal enum PresenceMessageKind
{
    /// <summary>The node is there, and has told so many changes.</summary>
    Beat,

    /// <summary>Somebody came or left.</summary>
    Change,

    /// <summary>Everyone who is there, in parts.</summary>
    State,

    /// <summary>A node asks for the state of another, or of all.</summary>
    Question,

    /// <summary>The node stops; everyone on it has left.</summary>
    End,
}
