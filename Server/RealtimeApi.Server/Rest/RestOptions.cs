namespace RealtimeApi.Server.Rest;

/// <summary>The memory that reads may use.</summary>
public sealed class RestOptions
{
    /// <summary>Bytes of answers that a node keeps, so that what has not changed is answered without the database; 0 keeps none.</summary>
    /// <value>Default: 32 MiB.</value>
    public long CacheBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// About how many bytes the items of one page of a list may take in memory; a page of larger items ends before <c>$top</c>, and its <c>nextLink</c> goes on. One
    /// larger item comes alone.
    /// </summary>
    /// <value>Default: 4 MiB, which a thousand rows of two thousand letters fill.</value>
    public int MaxPageBytes { get; set; } = 4 * 1024 * 1024;
}
