namespace RealtimeApi.Client;

/// <summary>What was done to a row.</summary>
public enum ChangeOperation
{
    /// <summary>Nothing that is known: the change is an initial item, or carries no item.</summary>
    None,

    /// <summary>The row was inserted (or came into what the caller may see).</summary>
    Created,

    /// <summary>The row was updated.</summary>
    Updated,

    /// <summary>The row was deleted (or left what the caller may see).</summary>
    Deleted,
}
