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

        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(error, "/data/shop.db"));

        Assert.Contains("/tmp", translated.Message, StringComparison.Ordinal);
        Assert.Contains("SQLITE_TMPDIR", translated.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_AnotherFaultOfTheDisk_NamesTheFile()
    {
        var error = new SqliteException("SQLite Error 10: 'disk I/O error'.", raw.SQLITE_IOERR, raw.SQLITE_IOERR_READ);

        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(error, "/data/shop.db"));

        Assert.Equal(
            $"The database /data/shop.db cannot be read or written now: SQLite Error 10: 'disk I/O error' (extended code {raw.SQLITE_IOERR_READ}).", translated.Message);
    }

    [Theory]
    [InlineData(raw.SQLITE_FULL, "database or disk is full")]
    [InlineData(raw.SQLITE_READONLY, "attempt to write a readonly database")]
    [InlineData(raw.SQLITE_CANTOPEN, "unable to open database file")]
    [InlineData(raw.SQLITE_CORRUPT, "database disk image is malformed")]
    public void Translate_WhatSomebodyMustMend_SaysWhatItIsInSqlitesWords(int code, string words)
    {
        var error = new SqliteException($"SQLite Error {code}: '{words}'.", code);

        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(error, "/data/shop.db"));

        Assert.Contains("/data/shop.db", translated.Message, StringComparison.Ordinal);
        Assert.EndsWith($": SQLite Error {code}: '{words}'.", translated.Message, StringComparison.Ordinal);
        Assert.False(translated.IsLocked);
    }

    [Theory, InlineData(raw.SQLITE_BUSY), InlineData(raw.SQLITE_LOCKED)]
    public void Translate_ALock_IsOneThatEndsByItself(int code)
    {
        var translated = Assert.IsType<DatabaseUnavailableException>(SqliteErrors.Translate(new($"SQLite Error {code}: 'locked'.", code), "/data/shop.db"));

        Assert.Equal("The database /data/shop.db is locked by another program.", translated.Message);
        Assert.True(translated.IsLocked);
    }
}
