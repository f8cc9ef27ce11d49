using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What SQLite's errors mean for the product.</summary>
public sealed class SqliteErrorsTests
{
    [Fact]
    public void Translate_NoDirectoryForTemporaryFiles_NamesWhatToLetWrite()
    {
        var error = new SqliteException("SQLite Error 10: 'disk I/O error'.", raw.SQLITE_IOERR, raw.SQLITE_IOERR_GETTEMPPATH);

        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(error));

        Assert.Contains("/tmp", translated.Message, StringComparison.Ordinal);
        Assert.Contains("SQLITE_TMPDIR", translated.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_AnotherFaultOfTheDisk_NamesTheFile()
    {
        var error = new SqliteException("SQLite Error 10: 'disk I/O error'.", raw.SQLITE_IOERR, raw.SQLITE_IOERR_READ);

        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(error));

        Assert.Contains("file cannot be read or written", translated.Message, StringComparison.Ordinal);
    }
}
