using RealtimeApi.Server.Feed;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>What one watch has told from a beginning until it was told that its cursor has expired, or until now.</summary>
internal sealed class Stretch(LogPosition start)
{
    /// <summary>Where the changes begin.</summary>
    public LogPosition Start { get; } = start;

    /// <summary>Up to where it has told everything; null while it goes on.</summary>
    public LogPosition? End { get; set; }

    public List<Seen> Events { get; } = [];
}
