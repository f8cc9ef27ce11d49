using System.Buffers;
using System.Text;
using System.Text.Json;
using RealtimeApi.Server.Resources;
using Xunit;
using static RealtimeApi.Tests.Unit.Resources.TestColumns;

namespace RealtimeApi.Tests.Unit.Resources;

public sealed class ItemWriterTests
{
    public static TheoryData<string, string> Values() => new()
    {
        { "null", "null" },
        { "bool true", "true" },
        { "int 42", "42" },
        { "int 9007199254740992", "9007199254740992" },
        { "int -9007199254740992", "-9007199254740992" },
        { "int 9007199254740993", "\"9007199254740993\"" },
        { "int -9223372036854775808", "\"-9223372036854775808\"" },
        { "decimal 0.99", "0.99" },
        { "decimal -12345678901.23", "-12345678901.23" },
        { "decimal 5.00", "5.00" },
        { "decimal 0.1234567890123456789", "\"0.1234567890123456789\"" },
        { "decimal 12345678901234567890", "\"12345678901234567890\"" },
        { "decimal 9007199254740993", "\"9007199254740993\"" },
        { "decimal 9007199254740991.5", "\"9007199254740991.5\"" },
        { "real 0.1", "0.1" },
        { "real 0.30000000000000004", "0.30000000000000004" },
        { "real 5", "5" },
        { "real 1E+300", "1E+300" },
        { "real Infinity", "null" },
        { "real -Infinity", "null" },
        { "real NaN", "null" },
        { "text Käse „☃“ 😀 <b>'&'</b>", "\"Käse „☃“ \\uD83D\\uDE00 <b>'&'</b>\"" },
        { "text \"\\\n\0", "\"\\\"\\\\\\n\\u0000\"" },
        { "text a\uD800b", "\"a\uFFFDb\"" },
        { "text \uDC00", "\"\uFFFD\"" },
        { "guid 0F8FAD5B-D9CB-469F-A165-70867728950E", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"" },
        { "blob 0102FF", "\"AQL/\"" },
        { "blob ", "\"\"" },
        { "date 2026-11-23", "\"2026-11-23\"" },
        { "time 11:06:26", "\"11:06:26\"" },
        { "time 11:06:26.12", "\"11:06:26.12\"" },
        { "instant 2009-01-01T00:00:00Z", "\"2009-01-01T00:00:00Z\"" },
        { "instant 2009-01-01T00:00:00.1230000Z", "\"2009-01-01T00:00:00.123Z\"" },
        { "instant 2009-01-01T00:00:00+02:00", "\"2009-01-01T00:00:00+02:00\"" },
    };

    [Theory, MemberData(nameof(Values))]
    public void WriteValue_OfEachKind_IsTheProtocolsForm(string value, string json)
    {
        Assert.Equal(json, Write(writer => ItemWriter.WriteValue(writer, Parse(value))));
        Assert.Equal(json, Write(writer => ItemWriter.WriteValue(writer, Parse(value).AsMisfit())));
    }

    [Fact]
    public void Write_Item_HasTheColumnsInTheirOrderByTheirWireNames()
    {
        var columns = new[]
        {
            Column("id", FieldType.Integer),
            Column("secret", FieldType.String, 1) with { Hidden = true },
            Column("größe", FieldType.String, 2),
        };
        FieldValue[] values = [FieldValue.Of(1), FieldValue.Of("no"), FieldValue.Of("L")];
        Assert.Equal("""{"id":1,"größe":"L"}""", Write(writer => ItemWriter.Write(writer, values, columns)));
        Assert.Equal("""{"größe":"L"}""", Write(writer => ItemWriter.Write(writer, values, [columns[2]])));
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ItemWriter.Options))
            write(writer);
        var json = Encoding.UTF8.GetString(buffer.WrittenSpan);
        using var parsed = JsonDocument.Parse(json);
        return json;
    }

    private static FieldValue Parse(string text)
    {
        var (kind, value) = text.Split(' ', 2) is [var k, var v] ? (k, v) : (text, "");
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return kind switch
        {
            "null" => FieldValue.Null,
            "bool" => FieldValue.Of(value == "true"),
            "int" => FieldValue.Of(long.Parse(value, culture)),
            "decimal" => FieldValue.Of(decimal.Parse(value, culture)),
            "real" => FieldValue.Of(double.Parse(value, culture)),
            "text" => FieldValue.Of(value),
            "guid" => FieldValue.Of(Guid.Parse(value)),
            "blob" => FieldValue.Of(Convert.FromHexString(value)),
            "date" => FieldValue.Of(DateOnly.Parse(value, culture)),
            "time" => FieldValue.Of(TimeOnly.Parse(value, culture)),
            _ => FieldValue.Of(DateTimeOffset.Parse(value, culture)),
        };
    }
}
