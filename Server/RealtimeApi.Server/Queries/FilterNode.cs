using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>A checked filter: only what stands here can be asked. Each database writes it as SQL; <see cref="Matches"/> is the same in memory.</summary>
/// <remarks>
/// <para>Two-valued, by C#'s and OData's logic: <c>eq</c> and <c>ne</c> treat null as a value, every other comparison with null is false, and
/// <c>not</c> of it true.</para>
/// <para>A value that does not fit its column's type matches no typed comparison, <c>ne</c> included: of a stored <c>'abc'</c> in an integer column
/// <c>eq 5</c>, <c>ne 5</c> and <c>gt 5</c> are all false (and <c>not (… eq 5)</c> is true), <c>eq null</c> is false and <c>ne null</c> true. In a column
/// without a type, a value of another kind than the literal counts in the same way.</para>
/// <para>Immutable. Equal filters have equal texts; equality is that of the text.</para>
/// </remarks>
internal abstract class FilterNode : IEquatable<FilterNode>
{
    private string? text;

    /// <summary>Whether an item's values match.</summary>
    public abstract bool Matches(FieldValue[] values);

    /// <summary>
    /// Whether <see cref="Matches"/> judges exactly as the database does. False where it uses text of a column without <see cref="ColumnDefinition.TextRules"/>,
    /// or the order of texts that these do not know (<see cref="TextRules.Orders"/>); such a filter reads but cannot be watched.
    /// </summary>
    public abstract bool IsExact { get; }

    /// <summary>
    /// About what <see cref="Matches"/> takes where every comparison has to be made: 1 for a comparison of two numbers or short texts, some 20 to 50 nanoseconds.
    /// </summary>
    public abstract int Cost { get; }

    /// <summary>
    /// A column and a value that every match has there (the filter is, or is a conjunction with, <c>field eq literal</c>), by which a watch is found
    /// by hash; null where there is none.
    /// </summary>
    public virtual FieldEquality? Equality => null;

    /// <summary>Appends the canonical text: a filter that parses to an equal one.</summary>
    public abstract void Write(StringBuilder builder);

    public bool Equals(FilterNode? other) => other is not null && ToString() == other.ToString();

    public sealed override bool Equals(object? obj) => Equals(obj as FilterNode);

    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public sealed override string ToString()
    {
        if (text is null)
        {
            var builder = new StringBuilder();
            Write(builder);
            text = builder.ToString();
        }
        return text;
    }
}
