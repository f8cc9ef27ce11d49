namespace RealtimeApi.Server.Leases;

/// <summary>The name of this run of this server among all on the same database: drawn at random, never reused.</summary>
internal sealed class NodeIdentity
{
    /// <summary>32 hexadecimal digits.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");
}
