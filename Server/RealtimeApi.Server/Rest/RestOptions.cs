namespace RealtimeApi.Server.Rest;

/// <summary>The memory that reads may use.</summary>
public sealed class RestOptions
{
    /// <summary>Bytes of answers that a node keeps, so that what has not changed is answered without the database; 0 keeps none.</summary>
    /// <value>Default: 32 MiB.</value>
    public long CacheBytes { get; set; } = 32 * 1024 * 1024;
}
