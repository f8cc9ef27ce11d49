using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteStartCheckTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE T (Id INTEGER PRIMARY KEY)");

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Check_DatabaseThatCanBeServed_Passes()
    {
        await CheckAsync(database.File, willWrite: true);
        Assert.Equal([Path.GetFileName(database.File)], Directory.GetFiles(Path.GetDirectoryName(database.File)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Check_MissingFile_SaysSoAndCreatesNone()
    {
        var file = database.File + ".missing";
        Assert.Equal($"The database {file} does not exist. Name an existing SQLite file; none is created here.", await MessageAsync(file));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Check_Directory_SaysSo() =>
        Assert.StartsWith($"{Path.GetDirectoryName(database.File)} is a directory.", await MessageAsync(Path.GetDirectoryName(database.File)!), StringComparison.Ordinal);

    [Fact]
    public async Task Check_FileOfAnotherKind_SaysSo()
    {
        var file = database.File + ".txt";
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("This is no database. ", 100)), TestContext.Current.CancellationToken);
        Assert.StartsWith($"{file} is not a SQLite database", await MessageAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_DamagedFile_SaysSo()
    {
        using (var stream = File.Open(database.File, FileMode.Open))
        {
            stream.Position = 100;
            stream.Write(Enumerable.Repeat((byte)0xFF, 200).ToArray());
        }

        Assert.StartsWith($"The database {database.File} is damaged", await MessageAsync(database.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_LockedFile_SaysSoAfterTheBusyTimeout()
    {
        using var other = database.Open();
        using var command = other.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        var connections = new SqliteConnections(database.ConnectionString) { BusyTimeout = TimeSpan.FromMilliseconds(50) };
        var error = await Assert.ThrowsAsync<RealtimeApiStartException>(() => SqliteStartCheck.RunAsync(connections, willWrite: false, TestContext.Current.CancellationToken));
        Assert.StartsWith($"The database {database.File} is locked by another program: it did not answer for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ReadOnlyConnection_SuffersReadsOnly()
    {
        var connections = new SqliteConnections($"Data Source={database.File};Mode=ReadOnly");
        await SqliteStartCheck.RunAsync(connections, willWrite: false, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<RealtimeApiStartException>(() => SqliteStartCheck.RunAsync(connections, willWrite: true, TestContext.Current.CancellationToken));
        Assert.StartsWith($"The database {database.File} is read-only, and Watch writes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_LogThatCannotBeOpened_SaysWhatReadersNeed()
    {
        database.Execute("PRAGMA journal_mode = WAL");
        // Stands for a directory that this user may not write, which stops nobody who is root.
        Directory.CreateDirectory(database.File + "-wal");
        Assert.StartsWith($"The database {database.File} has a write-ahead log, which even readers write to.", await MessageAsync(database.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_MissingFile_IsUnavailableAndNotCreated()
    {
        var file = database.File + ".missing";
        await Assert.ThrowsAsync<DatabaseUnavailableException>(async () => await new SqliteConnections($"Data Source={file}").OpenAsync(TestContext.Current.CancellationToken));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("SELECT t.`Gone` FROM T AS t")]
    [InlineData("SELECT `Gone` FROM T")]
    [InlineData("SELECT Id FROM Gone")]
    public async Task Translate_NameThatIsGone_IsASchemaChange(string sql)
    {
        await using var connection = await new SqliteConnections(database.ConnectionString).OpenAsync(TestContext.Current.CancellationToken);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        Assert.IsType<SchemaChangedException>(SqliteErrors.Translate(Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(command.ExecuteScalar), database.File));
    }

    private static async Task<string> MessageAsync(string file) => (await Assert.ThrowsAsync<RealtimeApiStartException>(() => CheckAsync(file, willWrite: false))).Message;

    private static Task CheckAsync(string file, bool willWrite) =>
        SqliteStartCheck.RunAsync(new SqliteConnections($"Data Source={file}"), willWrite, TestContext.Current.CancellationToken);
}
