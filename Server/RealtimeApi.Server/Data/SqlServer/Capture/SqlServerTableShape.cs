namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What the triggers of a table must know of it beside its resource's columns. Immutable.</summary>
internal sealed record SqlServerTableShape
{
    /// <summary>The names of its columns.</summary>
    public required IReadOnlySet<string> Columns { get; init; }

    /// <summary>Columns that are computed.</summary>
    public IReadOnlySet<string> Computed { get; init; } = new HashSet<string>();

    /// <summary>Whether some of them are not stored, and so are computed anew wherever they are read.</summary>
    public bool ComputesOnRead { get; init; }

    /// <summary>Whether its triggers may be fired with rows that they have been given before in the same statement. See <see cref="SqlServerEngine.RepeatsCascades"/>.</summary>
    public bool IsToldTwice { get; init; }

    /// <summary>Whose the table is where that is not the log's owner, so that a writer's right on the table would not reach the log; else null.</summary>
    public string? OtherOwner { get; init; }

    /// <summary>Why no trigger can capture the table, and what to do; else null.</summary>
    public string? Obstacle { get; init; }
}
