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

    /// <summary>
    /// Whether <see cref="Matches"/> judges exactly as the database does. False where it uses text of a column without <see cref="ColumnDefinition.TextRules"/>;
    /// such a filter reads but cannot be watched.
    /// </summary>
    public abstract bool IsExact { get; }

    /// <summary>
    /// A column and a value that every match has there (the filter is, or is a conjunction with, <c>field eq literal</c>), by which a watch is found
    /// by hash; null where there is none.
    /// </summary>
    public virtual FieldEquality? Equality => null;
}
