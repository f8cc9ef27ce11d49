namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Which database the server reads.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The kind of database: <c>Sqlite</c> or <c>SqlServer</c> (SQL Server 2017 and later, Azure SQL, Babelfish).</summary>
    /// <value>Default: <c>Sqlite</c>.</value>
    public string Provider { get; set; } = "Sqlite";

    /// <summary>The ADO.NET connection string, e.g. <c>Data Source=shop.db</c>, or <c>Server=db.example;Database=Shop;User Id=realtime;Password=…</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Whether the server may install and update its change log and triggers in a SQL Server database itself, when it starts. Where it may not, a DBA does it with the
    /// host's command <c>migrate</c>, and the server says at start what is missing. No meaning on SQLite, where the server always does.
    /// </summary>
    /// <value>Default: false.</value>
    public bool AutoMigrate { get; set; }
}
