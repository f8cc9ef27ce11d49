using System.Text;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Writing;
using Xunit;

namespace RealtimeApi.Tests.Unit.Writing;

public sealed class ItemBodyTests
{
    private static readonly ResourceDefinition Resource = Define();

    /// <summary>Whatever bytes come, they are a body or a refusal of one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parse_OfAnyBytes_IsABodyOrARefusal(int seed)
    {
        var random = new Random(seed);
        var whole = """{"id":1,"note":"ä\ud83d\ude00\u0000","NOTE":[{"x":1e999}],"price":12.50,"zz":null}"""u8.ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole.ToArray();
            for (var changes = random.Next(4); changes >= 0; changes--)
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            var sent = bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length);
            try
            {
                using var body = ItemBody.Parse(Resource, sent, new FieldReader(new Exact()));
                Assert.All(body.Fields, field => Assert.True(field.Fault is not null || field.Value.IsNull == (field.Json.ValueKind == System.Text.Json.JsonValueKind.Null)));
            }
            catch (ProblemException problem)
            {
                Assert.Equal(ProblemCodes.InvalidBody, problem.Code);
                Assert.InRange(problem.At ?? 0, 0, Encoding.UTF8.GetString(sent.Span).Length);
            }
        }
    }

    [Theory]
    [InlineData("DECIMAL(5,2)", "123.45", true)]
    [InlineData("DECIMAL(5,2)", "1234.5", false)]
    [InlineData("DECIMAL(5,2)", "0.001", false)]
    [InlineData("DECIMAL(5,2)", "-999.990000", true)]
    [InlineData("DECIMAL(5,2)", "1.2e2", true)]
    [InlineData("DECIMAL(5,2)", "1e3", false)]
    [InlineData("DECIMAL(5)", "12345", true)]
    [InlineData("DECIMAL(5)", "1.5", false)]
    [InlineData("DECIMAL(2,2)", "0.99", true)]
    [InlineData("DECIMAL(2,2)", "1", false)]
    [InlineData("DECIMAL", "123456789012345.678", true)]
    [InlineData("DECIMAL", "\"1234567890123456.78\"", true)]
    [InlineData("DECIMAL", "\"1234567890123456.780\"", true)]
    [InlineData("DECIMAL", "\"01234567890123456.78\"", false)]
    [InlineData("DECIMAL", "\"1.5\"", false)]
    [InlineData("DECIMAL", "1.23456789012345678901234567890123", false)]
    [InlineData("DECIMAL", "79228162514264337593543950336", false)]
    public void Decimal_OfDigits_FitsOrNot(string declared, string json, bool fits)
    {
        var resource = Define(declared);
        using var body = ItemBody.Parse(resource, Encoding.UTF8.GetBytes($$"""{"price":{{json}}}"""), new FieldReader(new Exact()));
        Assert.Equal(fits, body.Fields[0].Fault is null);
    }

    [Theory]
    [InlineData("\"123456789012345678901234567890123.12345\"", "It may have 28 digits.")]
    [InlineData("1.23456789012345678901234567890123", "It may have 28 digits.")]
    [InlineData("1e40", "The database cannot hold this value exactly.")]
    [InlineData("\"x\"", "It must be a number (as a text of its digits where it has more than a double holds), or null.")]
    public void Decimal_ThatIsNotTaken_SaysWhy(string json, string fault)
    {
        using var body = ItemBody.Parse(Define("decimal(38,5)"), Encoding.UTF8.GetBytes($$"""{"price":{{json}}}"""), new FieldReader(new Exact()));
        Assert.Equal(fault, body.Fields[0].Fault);
    }

    private static ResourceDefinition Define(string price = "DECIMAL")
    {
        ColumnDefinition[] columns =
        [
            new() { Column = "Id", Name = "id", Ordinal = 0, Type = FieldType.Integer, DeclaredType = "INTEGER", Nullable = false },
            new() { Column = "Note", Name = "note", Ordinal = 1, Type = FieldType.String, DeclaredType = "TEXT", MaxLength = 5 },
            new() { Column = "Price", Name = "price", Ordinal = 2, Type = FieldType.Decimal, DeclaredType = price },
        ];
        return new() { Name = "things", Table = new(null, "Things"), Columns = columns, Key = [columns[0]], Fingerprint = "f" };
    }

    /// <summary>A database that holds every value as it is.</summary>
    private sealed class Exact : IItemWrites
    {
        public FieldValue AsStored(ColumnDefinition column, FieldValue value) => value;

        public Task<WriteResult> WriteAsync(WriteCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> TrimAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
