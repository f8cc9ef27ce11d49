namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>A client with one watch.</summary>
internal interface IFollower
{
    Followed Followed { get; }

    /// <summary>Follows the watch until stopped, whatever happens to connections and servers. Throws what a client should never see.</summary>
    Task FollowAsync(CancellationToken stop);
}
