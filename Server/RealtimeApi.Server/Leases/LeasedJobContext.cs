using RealtimeApi.Server.Data;

namespace RealtimeApi.Server.Leases;

/// <summary>What all leased jobs share.</summary>
internal sealed record LeasedJobContext(IDatabase Database, NodeIdentity Node, TimeProvider Time);
