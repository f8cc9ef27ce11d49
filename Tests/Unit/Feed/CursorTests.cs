using System.Buffers.Text;
using CsCheck;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Feed;

public sealed class CursorTests
{
    private static readonly Gen<Cursor> Cursors = Gen.Select(
        Gen.String[Gen.Char.AlphaNumeric, 1, 32],
        Gen.Long,
        Gen.Long,
        Gen.Long,
        Gen.String[Gen.Char.AlphaNumeric, 0, 24],
        Gen.Bool,
        (log, major, minor, tag, rights, isWrite) => new Cursor(log, new(new(major, minor), tag), rights, isWrite));

    [Fact]
    public void Text_OfAnyCursor_ParsesBackToIt() =>
        Cursors.Sample(cursor => Cursor.TryParse(cursor.ToString(), out var parsed) && parsed == cursor);

    [Fact]
    public void Text_OfAnyCursor_IsSafeInUrlsHeadersAndJson() =>
        Cursors.Sample(cursor => cursor.ToString().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    [Fact]
    public void Text_WithOneLetterChanged_IsNoCursor() =>
        Gen.Select(Cursors, Gen.Int[0, 1000], Gen.Char.AlphaNumeric).Sample((cursor, place, letter) =>
        {
            var text = cursor.ToString().ToCharArray();
            place %= text.Length;
            if (text[place] == letter)
                return true;
            text[place] = letter;

            // A checksum of 24 bits lets one in 16 million pass; what passes must at least be another cursor, never the same.
            return !Cursor.TryParse(new(text), out var parsed) || parsed != cursor;
        });

    [Fact]
    public void Text_CutOffOrLengthened_IsNoCursor() =>
        Gen.Select(Cursors, Gen.Int[0, 1000], Gen.String[Gen.Char.AlphaNumeric, 1, 8]).Sample((cursor, length, more) =>
        {
            var text = cursor.ToString();
            return !Cursor.TryParse(text[..(length % text.Length)], out _) && !Cursor.TryParse(text + more, out _);
        });

    [Fact]
    public void Garbage_Always_IsNoCursorAndNoError() =>
        Gen.OneOf(Gen.String[0, 300], Gen.String[Gen.Char.AlphaNumeric, 0, 300], Gen.Byte.Array[0, 200].Select(Convert.ToBase64String))
            .Sample(text => !Cursor.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("0")]
    [InlineData("null")]
    public void TryParse_OfNothing_IsFalse(string? text) => Assert.False(Cursor.TryParse(text, out _));

    [Fact]
    public void TryParse_WithWhiteSpaceOrPadding_IsFalse()
    {
        // The base64 reader takes these; but ids are compared as text, so that a cursor has one text only.
        var text = new Cursor("log", new(new(7), 42)).ToString();
        Assert.True(Cursor.TryParse(text, out _));
        Assert.False(Cursor.TryParse(text + " ", out _));
        Assert.False(Cursor.TryParse(text.Insert(3, "\n"), out _));
        Assert.False(Cursor.TryParse(text + "=", out _));
    }

    /// <summary>The checksum is no signature: somebody may make one up whose log id is no text, and longer once it has been made one.</summary>
    [Theory, InlineData(1), InlineData(64)]
    public void TryParse_OfALogIdThatIsNoText_IsFalse(int length)
    {
        byte[] body = [0x10, (byte)length, .. Enumerable.Repeat((byte)0xFF, length), 7, 0, .. new byte[8], 0];
        var hash = body.Aggregate(2166136261u, static (hash, value) => (hash ^ value) * 16777619u);
        hash ^= hash >> 24;
        Assert.False(Cursor.TryParse(Base64Url.EncodeToString([.. body, (byte)hash, (byte)(hash >> 8), (byte)(hash >> 16)]), out _));
    }

    [Fact]
    public void Format_WithoutACursor_GivesTheSameText() =>
        Cursors.Sample(cursor => Cursor.Format(cursor.LogId, cursor.Point, cursor.Rights, cursor.IsWrite) == cursor.ToString());

    [Fact]
    public void Text_OfAPlaceAndWhatWasSeenAfterIt_IsReadBack()
    {
        var cursor = new Cursor("log", new(new(7), 42)) { Seen = new(900, 3) };
        Assert.True(Cursor.TryParse(cursor.ToString(), out var parsed));
        Assert.Equal(cursor, parsed);
        Assert.Equal(new LogPosition(900, 3), parsed.Least);
        Assert.Equal(new LogPosition(7), parsed.Point.Position);

        // What was seen before the place says nothing, and has no text of its own.
        Assert.Equal(new Cursor("log", new(new(7), 42)).ToString(), (cursor with { Seen = new(6) }).ToString());
        Assert.Equal(new LogPosition(7), (cursor with { Seen = new(6) }).Least);
    }

    [Fact]
    public void Text_OfAWrite_DiffersFromThatOfTheSamePlace() =>
        Assert.NotEqual(new Cursor("log", new(new(7), 42)).ToString(), new Cursor("log", new(new(7), 42), IsWrite: true).ToString());
}
