using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace RealtimeApi.Server.Feed;

/// <summary>A place in a change log for a caller with certain rights: log, position, tag and rights. Opaque to clients.</summary>
/// <remarks>
/// PROTOCOL, Terms. Immutable; good on every node, since nothing but the log is needed to judge it. The text is the base64url of: a byte of version and
/// flags, the log id, the position (variable length), the tag, the rights, the position of <see cref="Seen"/> where there is one, and a checksum that tells garbage and cut-off texts from cursors. One
/// cursor has exactly one text.
/// </remarks>
/// <param name="LogId">The log's id.</param>
/// <param name="Point">The position and the tag of the newest row there.</param>
/// <param name="Rights">The fingerprint of the row rules in force for the caller; empty without any.</param>
/// <param name="IsWrite">The cursor of a write: good for <c>Realtime-Min-Cursor</c> only.</param>
internal sealed record Cursor(string LogId, LogPoint Point, string Rights = "", bool IsWrite = false)
{
    private const byte Version = 0x10;
    private const byte WriteFlag = 0x01;
    private const byte SeenFlag = 0x02;
    private const int ChecksumBytes = 3;
    private const int MaxPartBytes = 64;
    private const int MaxBytes = 1 + 1 + MaxPartBytes + 10 + 10 + 8 + 1 + MaxPartBytes + 10 + 10 + ChecksumBytes;
    private const int MaxChars = (MaxBytes + 2) / 3 * 4;

    /// <summary>
    /// A position after the point that an answer has shown all the same, since it was asked to be as new; zero without one. A watch continues from the point: others may
    /// still write between the two.
    /// </summary>
    public LogPosition Seen { get; init; }

    /// <summary>How new an answer must be that is asked to be as new as this.</summary>
    public LogPosition Least => Seen > Point.Position ? Seen : Point.Position;

    /// <summary>The text on the wire.</summary>
    public override string ToString() => Format(LogId, Point, Rights, IsWrite, Seen);

    /// <summary>The text of a cursor without making one; events take their ids from here.</summary>
    public static string Format(string logId, LogPoint point, string rights = "", bool isWrite = false, LogPosition seen = default)
    {
        var goesOn = seen > point.Position;
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var length = 0;
        bytes[length++] = (byte)(Version | (isWrite ? WriteFlag : 0) | (goesOn ? SeenFlag : 0));
        WriteText(bytes, ref length, logId);
        WriteNumber(bytes, ref length, (ulong)point.Position.Major);
        WriteNumber(bytes, ref length, (ulong)point.Position.Minor);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[length..], point.Tag);
        length += sizeof(long);
        WriteText(bytes, ref length, rights);
        if (goesOn)
        {
            WriteNumber(bytes, ref length, (ulong)seen.Major);
            WriteNumber(bytes, ref length, (ulong)seen.Minor);
        }

        WriteChecksum(bytes[..length], bytes[length..]);
        length += ChecksumBytes;

        Span<char> chars = stackalloc char[MaxChars];
        return new(chars[..Base64Url.EncodeToChars(bytes[..length], chars)]);
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out Cursor? cursor)
    {
        cursor = null;
        if (text is null or "" || text.Length > MaxChars)
            return false;
        Span<byte> buffer = stackalloc byte[MaxBytes + 3];
        if (!Base64Url.IsValid(text, out var decoded) || decoded > MaxBytes || !Base64Url.TryDecodeFromChars(text, buffer, out var length) || length < ChecksumBytes)
            return false;

        ReadOnlySpan<byte> body = buffer[..(length - ChecksumBytes)];
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        WriteChecksum(body, checksum);
        if (!checksum.SequenceEqual(buffer[(length - ChecksumBytes)..length]) || body.IsEmpty || (body[0] & ~(WriteFlag | SeenFlag)) != Version)
            return false;

        var isWrite = (body[0] & WriteFlag) != 0;
        var goesOn = (body[0] & SeenFlag) != 0;
        body = body[1..];
        if (!TryReadText(ref body, out var logId)
            || !TryReadNumber(ref body, out var major)
            || !TryReadNumber(ref body, out var minor)
            || !BinaryPrimitives.TryReadInt64LittleEndian(body, out var tag))
            return false;
        body = body[sizeof(long)..];
        var (seenMajor, seenMinor) = (0UL, 0UL);
        if (!TryReadText(ref body, out var rights)
            || (goesOn && !(TryReadNumber(ref body, out seenMajor) && TryReadNumber(ref body, out seenMinor)))
            || !body.IsEmpty)
            return false;

        var parsed = new Cursor(logId, new(new((long)major, (long)minor), tag), rights, isWrite) { Seen = new((long)seenMajor, (long)seenMinor) };

        // Base64 has several texts for one value (white space, unused bits); only the one that we write is a cursor.
        if (parsed.ToString() != text)
            return false;
        cursor = parsed;
        return true;
    }

    private static void WriteText(Span<byte> bytes, ref int length, string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxPartBytes, nameof(text));
        bytes[length++] = (byte)count;
        length += Encoding.UTF8.GetBytes(text, bytes[length..]);
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.IsEmpty || bytes[0] > MaxPartBytes || bytes.Length <= bytes[0])
            return false;
        var end = 1 + bytes[0];
        if (!Utf8.IsValid(bytes[1..end]))
            return false;
        text = Encoding.UTF8.GetString(bytes[1..end]);
        bytes = bytes[end..];
        return true;
    }

    private static void WriteNumber(Span<byte> bytes, ref int length, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            bytes[length++] = (byte)(number | 0x80);
        bytes[length++] = (byte)number;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            number |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>FNV-1a: told from garbage is all that is asked of it; it is no signature, and a cursor grants nothing.</summary>
    private static void WriteChecksum(ReadOnlySpan<byte> body, Span<byte> checksum)
    {
        var hash = 2166136261u;
        foreach (var value in body)
            hash = (hash ^ value) * 16777619u;
        hash ^= hash >> 24;
        checksum[0] = (byte)hash;
        checksum[1] = (byte)(hash >> 8);
        checksum[2] = (byte)(hash >> 16);
    }
}
