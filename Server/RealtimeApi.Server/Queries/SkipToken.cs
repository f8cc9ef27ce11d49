using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>The text of <c>$skiptoken</c>: where a page ended, for which query, and the first page's cursor.</summary>
/// <remarks>
/// Opaque and versioned, base64url. Holds a hash of the resource's definition, the filter and the order, since the place means nothing in another
/// query, and one of itself, so that a damaged token is noticed. It needs no signature: all that it holds is checked or used as a parameter.
/// </remarks>
internal static class SkipToken
{
    /// <summary>The longest token in characters that is read.</summary>
    public const int MaxLength = 64 * 1024;

    private const byte Version = 1;
    private const int HashLength = 8;

    public static string Write(ListQuery query, IReadOnlyList<FieldValue> after, string? cursor)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(HashOf(query));
            writer.Write(cursor is not null);
            if (cursor is not null)
                writer.Write(cursor);
            writer.Write((byte)after.Count);
            foreach (var value in after)
                Write(writer, value);
        }
        var body = stream.ToArray();
        return Base64Url.EncodeToString([.. body, .. Hash(body)]);
    }

    /// <summary>The place and the cursor of a token, or null where it is not one that this server made.</summary>
    /// <param name="query">The query that the token is used with, without a place.</param>
    /// <param name="token">The client's text.</param>
    /// <param name="isOfQuery">Whether the token was made for this query; the result is null otherwise.</param>
    public static (IReadOnlyList<FieldValue> After, string? Cursor)? Read(ListQuery query, string token, out bool isOfQuery)
    {
        isOfQuery = true;
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= HashLength || bytes[0] != Version || !Hash(bytes.AsSpan(..^HashLength)).AsSpan().SequenceEqual(bytes.AsSpan(^HashLength..)))
            return null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, 1, bytes.Length - 1 - HashLength), Encoding.UTF8);
            isOfQuery = reader.ReadBytes(HashLength).AsSpan().SequenceEqual(HashOf(query));
            if (!isOfQuery)
                return null;
            var cursor = reader.ReadBoolean() ? reader.ReadString() : null;
            var after = new FieldValue[reader.ReadByte()];
            if (after.Length != query.OrderBy.Count)
                return null;
            for (var i = 0; i < after.Length; i++)
                after[i] = ReadValue(reader);
            return (after, cursor);
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            // Its hash is right, so somebody made it up; a place that cannot be is refused like any other text.
            return null;
        }
    }

    private static byte[] HashOf(ListQuery query) => Hash(Encoding.UTF8.GetBytes(
        $"{query.Resource.Name}\n{query.Resource.Fingerprint}\n{string.Join(',', query.OrderBy.Select(t => $"{t.Column.Ordinal} {t.Descending}"))}\n{query.Filter}"));

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..HashLength];

    private static void Write(BinaryWriter writer, FieldValue value)
    {
        writer.Write((byte)((byte)value.Kind | (value.Fits ? 0 : 0x80)));
        switch (value.Kind)
        {
            case FieldValueKind.Null:
                break;
            case FieldValueKind.Boolean:
                writer.Write(value.Boolean);
                break;
            case FieldValueKind.Integer:
                writer.Write(value.Integer);
                break;
            case FieldValueKind.Real:
                writer.Write(value.Real);
                break;
            case FieldValueKind.Decimal:
                writer.Write(value.Decimal);
                break;
            case FieldValueKind.Text:
                WriteText(writer, value.Text);
                break;
            case FieldValueKind.Guid:
                writer.Write(value.Guid.ToByteArray());
                break;
            case FieldValueKind.Binary:
                writer.Write(value.Binary.Length);
                writer.Write(value.Binary);
                break;
            case FieldValueKind.Date:
                writer.Write(value.Date.DayNumber);
                break;
            case FieldValueKind.Time:
                writer.Write(value.Time.Ticks);
                break;
            default:
                writer.Write(value.DateTime.Ticks);
                writer.Write((short)value.DateTime.Offset.TotalMinutes);
                break;
        }
    }

    private static FieldValue ReadValue(BinaryReader reader)
    {
        var tag = reader.ReadByte();
        var value = (FieldValueKind)(tag & 0x7F) switch
        {
            FieldValueKind.Null => FieldValue.Null,
            FieldValueKind.Boolean => FieldValue.Of(reader.ReadBoolean()),
            FieldValueKind.Integer => FieldValue.Of(reader.ReadInt64()),
            FieldValueKind.Real => FieldValue.Of(ReadReal(reader)),
            FieldValueKind.Decimal => FieldValue.Of(reader.ReadDecimal()),
            FieldValueKind.Text => FieldValue.Of(ReadText(reader)),
            FieldValueKind.Guid => FieldValue.Of(new Guid(ReadExactly(reader, 16))),
            FieldValueKind.Binary => FieldValue.Of(ReadExactly(reader, reader.ReadInt32())),
            FieldValueKind.Date => FieldValue.Of(DateOnly.FromDayNumber(reader.ReadInt32())),
            FieldValueKind.Time => FieldValue.Of(new TimeOnly(reader.ReadInt64())),
            FieldValueKind.DateTime => FieldValue.Of(new DateTimeOffset(reader.ReadInt64(), TimeSpan.FromMinutes(reader.ReadInt16()))),
            _ => throw new FormatException("No kind of a value."),
        };
        return (tag & 0x80) == 0 ? value : value.AsMisfit();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static double ReadReal(BinaryReader reader) =>
        reader.ReadDouble() is var value && !double.IsNaN(value) ? value : throw new FormatException("No database holds it, nor takes it.");

    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(ReadExactly(reader, reader.ReadInt32()));

    private static byte[] ReadExactly(BinaryReader reader, int length)
    {
        if (length < 0 || length > MaxLength)
            throw new FormatException("No length of a value.");
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
