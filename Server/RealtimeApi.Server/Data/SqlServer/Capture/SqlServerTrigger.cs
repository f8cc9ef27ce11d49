namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>One trigger of the product.</summary>
/// <param name="Event">What it fires on: <c>insert</c>, <c>update</c> or <c>delete</c>; the end of its name.</param>
/// <param name="Name">Its name with its table's schema, quoted.</param>
/// <param name="Sql">The whole statement, as the database keeps it.</param>
internal sealed record SqlServerTrigger(string Event, string Name, string Sql)
{
    /// <summary>Whether a definition that the database has is this one. A tool that runs a script may have its own idea of how lines end.</summary>
    public bool IsMadeAs(string? definition) => definition is not null && Normal(definition) == Normal(Sql);

    private static string Normal(string sql) => sql.Replace("\r", "", StringComparison.Ordinal).Trim();
}
