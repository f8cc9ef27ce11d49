using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The values of a statement as Dapper takes them, each with a name of its own: no value is ever part of the text.</summary>
internal sealed class SqliteParameters : SqlMapper.IDynamicParameters
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 16).Select(NameOf)];

    private readonly List<object?> values = [];

    /// <summary>Adds a value (null, long, double, string or byte[]).</summary>
    /// <returns>What stands for it in the text: <c>@p0</c>, <c>@p1</c>, … in the order of adding.</returns>
    public string Add(object? value)
    {
        values.Add(value);
        return Name(values.Count - 1);
    }

    void SqlMapper.IDynamicParameters.AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        var parameters = ((SqliteCommand)command).Parameters;
        for (var i = 0; i < values.Count; i++)
            parameters.Add(new SqliteParameter(Name(i), values[i] ?? DBNull.Value));
    }

    private static string Name(int index) => index < Names.Length ? Names[index] : NameOf(index);

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"@p{index}");
}
