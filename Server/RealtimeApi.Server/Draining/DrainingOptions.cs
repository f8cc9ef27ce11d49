namespace RealtimeApi.Server.Draining;

/// <summary>How a server that is told to stop lets go of its clients.</summary>
public sealed class DrainingOptions
{
    /// <summary>
    /// How long it goes on as before while <c>/health/ready</c> already says no: the time that a load balancer which asks there needs to notice, so that it sends no more clients.
    /// </summary>
    /// <value>Default: 0, for load balancers that are told otherwise.</value>
    public TimeSpan Delay { get; set; }

    /// <summary>Over what time those who watch are sent elsewhere, evenly, so that they do not all come to the other servers at once. A few are let go sooner: 100 in a second.</summary>
    /// <value>Default: 5 seconds.</value>
    public TimeSpan Spread { get; set; } = TimeSpan.FromSeconds(5);
}
