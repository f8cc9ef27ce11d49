using System.Globalization;
using Dapper;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The values of a statement, each with a name of its own: no value is ever part of the text.</summary>
internal sealed class SqliteParameters
{
    private int count;

    /// <summary>What Dapper is given.</summary>
    public DynamicParameters Values { get; } = new();

    /// <summary>Adds a value (null, long, double, string or byte[]).</summary>
    /// <returns>What stands for it in the text.</returns>
    public string Add(object? value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@p{count++}");
        Values.Add(name, value);
        return name;
    }
}
