using System.Data.Common;
using Dapper;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Statements that write, sent in one batch within a transaction, and what they say at the end.</summary>
/// <remarks>
/// The database's own triggers may send results, too; that of the batch is known by the name of its first column. Any error ends the batch and the transaction with it.
/// </remarks>
internal static class SqlServerWriteBatch
{
    /// <summary>The name of the first column of the result that is read.</summary>
    public const string Mark = "[realtime result]";

    /// <summary>What every batch begins with.</summary>
    internal const string Settings = "SET NOCOUNT ON; SET XACT_ABORT ON;\n";

    /// <summary>Runs the batch to its end.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="text">The statements.</param>
    /// <param name="parameters">Their values.</param>
    /// <param name="read">Reads the one row of the marked result.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was read; the type's default where there was no such row.</returns>
    public static async Task<T?> RunAsync<T>(
        SqlTransaction transaction, string text, SqlServerParameters parameters, Func<SqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var results = await transaction.Connection.ExecuteReaderAsync(
            new CommandDefinition(Settings + text, parameters, transaction, flags: CommandFlags.NoCache, cancellationToken: cancellationToken));
        var row = SqlServerItemReader.Unwrap(results);
        T? found = default;
        do
        {
            if (row.FieldCount == 0 || $"[{row.GetName(0)}]" != Mark)
                continue;
            if (await row.ReadAsync(cancellationToken))
                found = read(row);
        }
        // An error comes when its place among the results is reached.
        while (await row.NextResultAsync(cancellationToken));
        return found;
    }
}
