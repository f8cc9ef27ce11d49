using RealtimeApi.Server.Data;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>A database, and the leases in it as its nodes see them.</summary>
internal abstract class LeaseHarness : IAsyncDisposable
{
    /// <summary>The leases as another node sees them.</summary>
    public abstract ILeases OpenAnother();

    /// <summary>Lets the leases there are look as if they had been taken so much earlier, or with a negative time later, by the database's clock.</summary>
    public abstract void Age(TimeSpan by);

    public abstract ValueTask DisposeAsync();
}
