using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The leases in a SQL Server database, in a table that migrations make (<see cref="SqlServerLogTables"/>).</summary>
/// <remarks>
/// The server's clock may be set back, which must not keep a dead owner's lease alive: one that would last more than twice its term from now on was taken under another clock, and counts as over.
/// </remarks>
internal sealed class SqlServerLeases(SqlServerRetry retry) : ILeases
{
    /// <summary>A row is changed by one statement, so that two that take it at once take it in turn; who loses a race to make it has it refused by the key.</summary>
    internal const string Take = """
        DECLARE @now datetime2(3) = SYSUTCDATETIME();
        DECLARE @taken int;
        UPDATE [realtime].[Lease] SET [Owner] = @owner, [Taken] = @now, [Until] = DATEADD(millisecond, @term, @now)
        WHERE [Name] = @name AND ([Owner] = @owner OR [Until] <= @now OR [Until] > DATEADD(millisecond, 2 * DATEDIFF(millisecond, [Taken], [Until]), @now));
        SET @taken = @@ROWCOUNT;
        IF @taken = 0 AND NOT EXISTS (SELECT 1 FROM [realtime].[Lease] WHERE [Name] = @name)
        BEGIN
            INSERT INTO [realtime].[Lease] ([Name], [Owner], [Taken], [Until]) VALUES (@name, @owner, @now, DATEADD(millisecond, @term, @now));
            SET @taken = 1;
        END;
        SELECT @taken;
        """;

    internal const string Release = "DELETE FROM [realtime].[Lease] WHERE [Name] = @name AND [Owner] = @owner;";

    private const int DuplicateKey = 2627;

    public async Task<bool> TryTakeAsync(string name, string owner, TimeSpan term, CancellationToken cancellationToken) => await retry.ReadAsync(
        async (connection, token) =>
        {
            try
            {
                return await connection.ScalarAsync<int>(null, Take, token, ("@name", name), ("@owner", owner), ("@term", (int)term.TotalMilliseconds)) > 0;
            }
            catch (SqlException e) when (e.Number == DuplicateKey)
            {
                return false;
            }
        },
        cancellationToken);

    public async Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken) =>
        await retry.ReadAsync((connection, token) => connection.RunAsync(null, Release, token, ("@name", name), ("@owner", owner)), cancellationToken);
}
