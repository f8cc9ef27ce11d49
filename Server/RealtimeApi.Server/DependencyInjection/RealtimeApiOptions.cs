using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;
using RealtimeApi.Server.Watching;
using RealtimeApi.Server.Writing;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>What a server is told, bound to the configuration section <c>RealtimeApi</c>; checked at start, all mistakes at once.</summary>
public sealed class RealtimeApiOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "RealtimeApi";

    /// <summary>Which database.</summary>
    public DatabaseOptions Database { get; } = new();

    /// <summary>
    /// The Redis by which several nodes on one database tell each other of changes, as StackExchange.Redis takes it: <c>redis.example:6379,password=…,ssl=true</c>.
    /// Without one they see each other's writes within milliseconds on SQLite, and on SQL Server when they next look at the log.
    /// </summary>
    /// <value>Default: null, no Redis.</value>
    public string? Redis { get; set; }

    /// <summary>Which tables and views become resources, and how.</summary>
    public ResourcesOptions Resources { get; } = new();

    /// <summary>The change log's retention and the feed's memory.</summary>
    public FeedOptions Feed { get; } = new();

    /// <summary>Limits and intervals of watches.</summary>
    public WatchingOptions Watching { get; } = new();

    /// <summary>The memory that reads may use.</summary>
    public RestOptions Rest { get; } = new();

    /// <summary>Limits of writes.</summary>
    public WritingOptions Writing { get; } = new();

    /// <summary>Limits of the messages that clients send each other.</summary>
    public MessagesOptions Messages { get; } = new();

    /// <summary>How nodes tell each other who watches what.</summary>
    public PresenceOptions Presence { get; } = new();

    /// <summary>How a server that is told to stop lets go of its clients.</summary>
    public DrainingOptions Draining { get; } = new();

    /// <summary>What the configuration has that could not be bound.</summary>
    internal List<ConfigurationMistake> ConfigurationMistakes { get; } = [];
}
