using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>A unique index or constraint, with the texts by which a row can be found that another would collide with.</summary>
/// <param name="Terms">What the index is over, in its order.</param>
/// <param name="Where">The condition of a partial index as the database's text, or null.</param>
internal sealed record SqliteUniqueKey(IReadOnlyList<SqliteUniqueKey.Term> Terms, string? Where)
{
    /// <summary>Whether it is over columns alone, all rows.</summary>
    public bool IsPlain => Where is null && Terms.All(term => term.Column is not null);

    public static SqliteUniqueKey Read(SqliteConnection connection, string index, string? sql)
    {
        var text = sql is null ? null : SqliteIndexText.Parse(sql);
        var terms = connection.Rows(
            "SELECT seqno, name, coll FROM pragma_index_xinfo($index) WHERE key = 1 ORDER BY seqno",
            reader => reader.IsDBNull(1)
                ? new Term(null, text!.Terms[(int)reader.GetInt64(0)], reader.GetString(2))
                : new Term(reader.GetString(1), null, reader.GetString(2)),
            ("$index", index));
        return new(terms, text?.Where);
    }

    /// <param name="Column">The column, or null for an expression.</param>
    /// <param name="Expression">The expression as the database's text, or null for a column.</param>
    /// <param name="Collation">The collation that its values compare under.</param>
    internal sealed record Term(string? Column, string? Expression, string Collation);
}
