using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Watching;

/// <summary>Why the watches of a scope end. Immutable; each watch throws an exception of its own.</summary>
internal sealed record ScopeEnd(string Code, string Detail)
{
    public ProblemException ToException() => new(Code, Detail);
}
