namespace RealtimeApi.Server.Writing;

/// <summary>Limits of writes.</summary>
public sealed class WritingOptions
{
    /// <summary>The most bytes that the body of a write may have; a larger one is refused with <c>payload-too-large</c>.</summary>
    /// <value>Default: 1 MiB.</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;
}
