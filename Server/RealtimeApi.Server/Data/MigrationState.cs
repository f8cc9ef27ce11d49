namespace RealtimeApi.Server.Data;

/// <summary>What a migration finds, would do, or did. Immutable.</summary>
public sealed record MigrationState
{
    /// <summary>What is to be done, or was done: one sentence each, e.g. "The trigger [realtime].[… insert] of dbo.Orders is missing."</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>What needs the eye of whoever runs it and stops nothing: one sentence each, with the fix.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
