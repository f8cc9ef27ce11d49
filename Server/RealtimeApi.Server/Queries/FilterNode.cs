using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>A checked filter: only what stands here can be asked. Each database writes it as SQL; <see cref="Matches"/> is the same in memory.</summary>
/// <remarks>
/// Two-valued, by C#'s and OData's logic: <c>eq</c> and <c>ne</c> treat null as a value, every other comparison with null is false, and
/// <c>not</c> of it true. A value that does not fit its column's type matches no typed comparison. <see cref="object.ToString"/> is the canonical text: equal filters have equal texts.
/// </remarks>
internal abstract record FilterNode
{
    /// <summary>Whether an item's values match.</summary>
    public abstract bool Matches(FieldValue[] values);
}
