namespace RealtimeApi.Client;

/// <summary>How changes are asked for. Immutable.</summary>
public sealed record PollOptions
{
    /// <summary>How long the server may wait for a change before it answers that there is none. Whole seconds.</summary>
    /// <value>Default: zero, it answers at once. At most 60 seconds.</value>
    public TimeSpan Wait { get; init; }

    /// <summary>The most changes of an answer, from 1 to 1,000.</summary>
    /// <value>Default: null, which is the server's.</value>
    public int? Limit { get; init; }

    internal static PollOptions Default { get; } = new();

    internal void Validate()
    {
        if (Wait < TimeSpan.Zero || Wait > TimeSpan.FromSeconds(60))
            throw new ArgumentOutOfRangeException("options", Wait, $"{nameof(Wait)} is from 0 to 60 seconds.");
        if (Limit is < 1 or > 1000)
            throw new ArgumentOutOfRangeException("options", Limit, $"{nameof(Limit)} is from 1 to 1,000.");
    }
}
