using RealtimeApi.Server.Data.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerErrorsTests
{
    [Theory]
    [InlineData(1205, 13, "Transaction was deadlocked", nameof(SqlServerFault.Undone))]
    [InlineData(3960, 16, "Snapshot isolation transaction aborted due to update conflict", nameof(SqlServerFault.Undone))]
    [InlineData(-2, 11, "Execution Timeout Expired", nameof(SqlServerFault.TimedOut))]
    [InlineData(40613, 17, "Database is not currently available", nameof(SqlServerFault.Passing))]
    [InlineData(4060, 11, "Cannot open database", nameof(SqlServerFault.Passing))]
    [InlineData(10061, 20, "A network-related error occurred", nameof(SqlServerFault.Connection))]
    [InlineData(0, 20, "A transport-level error has occurred", nameof(SqlServerFault.Connection))]
    [InlineData(229, 14, "The SELECT permission was denied", nameof(SqlServerFault.Refused))]
    [InlineData(9002, 17, "The transaction log is full", nameof(SqlServerFault.Refused))]
    [InlineData(208, 16, "Invalid object name 'x'", nameof(SqlServerFault.Changed))]
    [InlineData(207, 16, "Invalid column name 'x'", nameof(SqlServerFault.Changed))]
    [InlineData(547, 16, "The INSERT statement conflicted with the FOREIGN KEY constraint", nameof(SqlServerFault.None))]
    [InlineData(2627, 14, "Violation of PRIMARY KEY constraint", nameof(SqlServerFault.None))]
    [InlineData(102, 15, "Incorrect syntax", nameof(SqlServerFault.None))]
    [InlineData(33557097, 16, "deadlock detected", nameof(SqlServerFault.Undone))]
    [InlineData(33557097, 16, "tuple concurrently updated", nameof(SqlServerFault.Undone))]
    [InlineData(33557097, 16, "relation \"t\" does not exist", nameof(SqlServerFault.Changed))]
    [InlineData(33557097, 16, "column \"c\" does not exist", nameof(SqlServerFault.Changed))]
    [InlineData(33557097, 16, "permission denied for table t", nameof(SqlServerFault.Refused))]
    [InlineData(33557097, 16, "terminating connection due to administrator command", nameof(SqlServerFault.Connection))]
    [InlineData(33557097, 16, "function f does not exist", nameof(SqlServerFault.None))]
    [InlineData(33557097, 16, "duplicate key value violates unique constraint \"c\"", nameof(SqlServerFault.None))]
    public void Judge_ErrorOfTheServer_IsOfItsKind(int number, byte severity, string message, string kind) =>
        Assert.Equal(kind, SqlServerErrors.Judge(number, severity, message).ToString());
}
