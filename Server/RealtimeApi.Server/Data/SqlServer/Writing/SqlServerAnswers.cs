using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The table of the answers to writes that are to happen once, which migrations make (<see cref="SqlServerLogTables"/>).</summary>
/// <remarks>Its id is a hash of caller, resource and key, so that no length or collation matters.</remarks>
internal static class SqlServerAnswers
{
    /// <summary>Rows that one statement deletes.</summary>
    public const int BatchRows = 500;

    /// <summary>Whether any answer is older.</summary>
    public const string HasAny = "SELECT CASE WHEN OBJECT_ID(N'realtime.Answer', N'U') IS NOT NULL AND EXISTS (SELECT 1 FROM realtime.Answer WHERE Time < @before) THEN 1 ELSE 0 END";

    /// <summary>Deletes some of the answers that are older.</summary>
    public const string DeleteBatch = """
        IF OBJECT_ID(N'realtime.Answer', N'U') IS NOT NULL
            DELETE FROM realtime.Answer WHERE Id IN (SELECT TOP (@rows) Id FROM realtime.Answer WHERE Time < @before ORDER BY Time);
        """;

    /// <summary>Looks for the answer of a mark, and keeps others of the same mark waiting until the transaction ends.</summary>
    public const string Find = $"""
        EXEC sp_getapplock @Resource = @p0, @LockMode = N'Exclusive', @LockOwner = N'Transaction';
        IF OBJECT_ID(N'realtime.Answer', N'U') IS NULL
            SELECT 0 AS {SqlServerWriteBatch.Mark}, NULL, NULL;
        ELSE
            SELECT 1 AS {SqlServerWriteBatch.Mark}, Request, Answer FROM realtime.Answer WHERE Id = @p1 AND Time >= @p2;
        """;

    /// <summary>Records the answer of a mark, in place of one that is forgotten.</summary>
    public const string Record = """
        DELETE FROM realtime.Answer WHERE Id = @p0;
        INSERT INTO realtime.Answer (Id, Time, Request, Answer) VALUES (@p0, @p1, @p2, @p3);
        """;

    /// <summary>The answer to the first write of this mark; null where there was none, or it is forgotten.</summary>
    /// <exception cref="ProblemException">The mark was another request's (<c>idempotency-mismatch</c>).</exception>
    /// <exception cref="DatabaseUnavailableException">Nothing can be recorded, because the product's tables are not there.</exception>
    public static async Task<byte[]?> FindAsync(SqlTransaction transaction, string resource, WriteOnce once, CancellationToken cancellationToken)
    {
        var mark = MarkOf(resource, once);
        var parameters = new SqlServerParameters();
        parameters.AddText("realtime answer " + Convert.ToHexString(mark));
        parameters.Add(mark);
        parameters.Add(once.NotBefore);
        var found = await SqlServerWriteBatch.RunAsync(
            transaction,
            Find,
            parameters,
            static row => row.GetInt32(0) == 0
                ? throw new DatabaseUnavailableException("A write with an Idempotency-Key needs the table realtime.Answer, which is not there. Run the host's command 'migrate'.")
                : (Request: row.GetFieldValue<byte[]>(1), Answer: row.GetFieldValue<byte[]>(2)),
            cancellationToken);
        if (found.Request is null)
            return null;
        return found.Request.AsSpan().SequenceEqual(once.Request)
            ? found.Answer
            : throw new ProblemException(ProblemCodes.IdempotencyMismatch, "This Idempotency-Key came with another body before. Nothing was written; a new request needs a new key.");
    }

    public static async Task RecordAsync(SqlTransaction transaction, string resource, WriteOnce once, byte[] answer)
    {
        var parameters = new SqlServerParameters();
        parameters.Add(MarkOf(resource, once));
        parameters.Add(once.Time);
        parameters.Add(once.Request);
        parameters.Add(answer);
        await SqlServerWriteBatch.RunAsync(transaction, Record, parameters, static _ => 0, CancellationToken.None);
    }

    private static byte[] MarkOf(string resource, WriteOnce once) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[] { once.Caller, resource, once.Key }));
}
