namespace RealtimeApi.Server.Resources;

/// <summary>How a database compares the text of a column (its collation), so that memory and SQL agree.</summary>
/// <remarks>Stateless and thread-safe. Each database brings its own; one that cannot be reproduced exactly is absent (null on the column).</remarks>
internal abstract class TextRules
{
    /// <summary>
    /// Whether the order of texts is the database's, too. Otherwise only their equality is, and filters that ask for more or less are refused on watches.
    /// </summary>
    /// <value>Default: true.</value>
    public virtual bool Orders => true;

    /// <summary>Whether <paramref name="left"/> sorts before, with or after <paramref name="right"/>.</summary>
    public abstract int Compare(string left, string right);

    /// <summary>A form that two texts share exactly when they are equal; the hash key of equality watches.</summary>
    public abstract string Normalize(string text);

    /// <summary>Whether <paramref name="text"/> contains <paramref name="part"/>, as the database's translation of <c>contains</c> judges.</summary>
    public abstract bool Contains(string text, string part);

    public abstract bool StartsWith(string text, string part);

    public abstract bool EndsWith(string text, string part);

    public abstract string ToLower(string text);

    public abstract string ToUpper(string text);

    /// <summary>The length as the database counts it.</summary>
    public abstract int Length(string text);
}
