using System.Text.Json;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>One <c>Changes</c> or <c>Ended</c>.</summary>
internal sealed record Push(string Id, JsonElement? Changes, JsonElement? Problem)
{
    public Batch? Batch => Changes is { } changes ? new(changes) : null;
}
