using System.Runtime.CompilerServices;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>What makes two watches share a scope: the same definition, and the same key or filter, fields and rights.</summary>
internal readonly struct ScopeKey(WatchView view) : IEquatable<ScopeKey>
{
    private readonly ResourceDefinition resource = view.Resource;
    private readonly string text = view.Text;

    public bool Equals(ScopeKey other) => ReferenceEquals(resource, other.resource) && text == other.text;

    public override bool Equals(object? obj) => obj is ScopeKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(resource), text.GetHashCode(StringComparison.Ordinal));
}
