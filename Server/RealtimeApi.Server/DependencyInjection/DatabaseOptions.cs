namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Which database the server reads.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The kind of database: <c>Sqlite</c>.</summary>
    /// <value>Default: <c>Sqlite</c>.</value>
    public string Provider { get; set; } = "Sqlite";

    /// <summary>The ADO.NET connection string, e.g. <c>Data Source=shop.db</c>.</summary>
    public string? ConnectionString { get; set; }
}
