using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Short forms for running one batch on an open connection.</summary>
internal static class SqlServerCommands
{
    [SuppressMessage("Security", "CA2100", Justification = "Values are parameters; what is put into the text are quoted names and literals.")]
    public static SqlCommand Command(this SqlConnection connection, SqlTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = new SqlCommand(sql, connection, transaction);
        foreach (var (name, value) in parameters)
            command.Parameters.Add(Parameter(name, value));
        return command;
    }

    /// <summary>Runs a batch.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async ValueTask<int> RunAsync(
        this SqlConnection connection, SqlTransaction? transaction, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>All rows of a small result.</summary>
    public static async ValueTask<List<T>> RowsAsync<T>(
        this SqlConnection connection,
        SqlTransaction? transaction,
        string sql,
        Func<SqlDataReader, T> row,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first value of the first row, or the type's default where it is NULL or there is none.</summary>
    public static async ValueTask<T?> ScalarAsync<T>(
        this SqlConnection connection, SqlTransaction? transaction, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(transaction, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    // One size for all texts, so that the server keeps one plan.
    private static SqlParameter Parameter(string name, object? value) => value switch
    {
        null => new(name, SqlDbType.NVarChar, 4000) { Value = DBNull.Value },
        string text => new(name, SqlDbType.NVarChar, text.Length <= 4000 ? 4000 : -1) { Value = text },
        DateTime time => new(name, SqlDbType.DateTime2) { Value = time },
        byte[] bytes => new(name, SqlDbType.VarBinary, bytes.Length <= 8000 ? 8000 : -1) { Value = bytes },
        _ => new(name, value),
    };
}
