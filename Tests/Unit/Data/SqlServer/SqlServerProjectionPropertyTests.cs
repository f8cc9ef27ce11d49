using System.Data;
using System.Data.SqlTypes;
using System.Globalization;
using System.Numerics;
using CsCheck;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>
/// A value that is read and the same value in an image of the log are one field value, for every type; and what is stored for a literal stands to it as is said.
/// The images are rendered here as the documentation of CONVERT says; another test lets a server render them.
/// </summary>
public sealed class SqlServerProjectionPropertyTests
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private static readonly Gen<long> Ticks = Gen.OneOf(Gen.Long[0, TimeSpan.TicksPerDay - 1], Gen.Long[0, 86399].Select(s => s * TimeSpan.TicksPerSecond), Gen.Const(0L));

    private static readonly Gen<DateTime> Moments = Gen.Select(Gen.Date[DateTime.MinValue, DateTime.MaxValue.Date], Ticks, (day, ticks) => day.Date.AddTicks(ticks));

    [Fact]
    public void Image_OfWholeNumber_IsTheValue() => Gen.Long.Sample(value =>
        Same(SqlServerColumns.Of(SqlDbType.BigInt), value, value.ToString(Culture)));

    [Fact]
    public void Image_OfFloat_IsTheValue() => Gen.Double.Where(double.IsFinite).Sample(value =>
        Same(SqlServerColumns.Of(SqlDbType.Float), value, value.ToString("E16", Culture)));

    [Fact]
    public void Image_OfReal_IsTheValue() => Gen.Float.Where(float.IsFinite).Sample(value =>
        Same(SqlServerColumns.Of(SqlDbType.Real), value, value.ToString("E8", Culture)));

    [Fact]
    public void Image_OfDecimal_IsTheValue() => Decimals.Sample(
        column =>
        {
            var value = new SqlDecimal(38, (byte)column.Scale, column.Digits.Sign >= 0, Bits(BigInteger.Abs(column.Digits)));
            var definition = SqlServerColumns.Of(SqlDbType.Decimal, (byte)column.Precision, (byte)column.Scale);
            Same(definition, column.Precision > 28 ? value : value.Value, value.ToString());
            var finished = SqlServerProjection.Finish(definition, value);
            // Whatever it is, it is found again by what is stored for it.
            Assert.True(((SqlDecimal)SqlServerProjection.Store(definition, finished, out var order)! == value).IsTrue);
            Assert.Equal(0, order);
            Assert.Equal(finished.Fits ? FieldValueKind.Decimal : FieldValueKind.Text, finished.Kind);
        });

    [Fact]
    public void Image_OfMoney_IsTheValue() => Gen.Long.Sample(value =>
        Same(SqlServerColumns.Of(SqlDbType.Money), value / 10000m, (value / 10000m).ToString("F4", Culture)));

    [Fact]
    public void Image_OfTime_IsTheValue() => Moments.Sample(moment =>
    {
        Same(SqlServerColumns.Of(SqlDbType.DateTime2, scale: 7), moment, moment.ToString("yyyy-MM-dd HH:mm:ss.fffffff", Culture));
        Same(SqlServerColumns.Of(SqlDbType.Date), moment.Date, moment.ToString("yyyy-MM-dd", Culture));
        Same(SqlServerColumns.Of(SqlDbType.Time, scale: 7), moment.TimeOfDay, moment.ToString("HH:mm:ss.fffffff", Culture));
        var millisecond = new DateTime(moment.Ticks - (moment.Ticks % TimeSpan.TicksPerMillisecond));
        Same(SqlServerColumns.Of(SqlDbType.DateTime), millisecond, millisecond.ToString("yyyy-MM-dd HH:mm:ss.fff", Culture));
        var offset = moment.Year is > 1 and < 9999 ? TimeSpan.FromMinutes((moment.Ticks % 1680) - 840) : TimeSpan.Zero;
        var zoned = new DateTimeOffset(moment, offset);
        Same(SqlServerColumns.Of(SqlDbType.DateTimeOffset, scale: 7), zoned, zoned.ToString("yyyy-MM-dd HH:mm:ss.fffffff zzz", Culture));
    });

    [Fact]
    public void Image_OfBytes_IsTheValue() => Gen.Byte.Array[0, 20].Sample(bytes =>
    {
        Same(SqlServerColumns.Of(SqlDbType.VarBinary), bytes, Convert.ToHexString(bytes));
        Same(SqlServerColumns.Of(SqlDbType.VarBinary), bytes, Convert.ToHexStringLower(bytes));
        if (bytes.Length >= 8)
            Same(SqlServerColumns.Of(SqlDbType.Timestamp), bytes[..8], BitConverter.ToInt64([.. bytes[..8].Reverse()]).ToString(Culture));
    });

    [Fact]
    public void Image_OfOthers_IsTheValue() => Gen.Select(Gen.Guid, Gen.String, Gen.Bool).Sample((guid, text, flag) =>
    {
        Same(SqlServerColumns.Of(SqlDbType.UniqueIdentifier), guid, guid.ToString().ToUpperInvariant());
        Same(SqlServerColumns.Of(SqlDbType.NVarChar), text, text);
        Same(SqlServerColumns.Of(SqlDbType.Bit), flag, flag ? "1" : "0");
        Assert.True(SqlServerProjection.FinishText(SqlServerColumns.Of(SqlDbType.Bit), null).IsNull);
    });

    public static TheoryData<SqlDbType, byte, byte> Rounding() => new()
    {
        { SqlDbType.TinyInt, 0, 0 }, { SqlDbType.SmallInt, 0, 0 }, { SqlDbType.Int, 0, 0 }, { SqlDbType.BigInt, 0, 0 }, { SqlDbType.Decimal, 10, 2 }, { SqlDbType.Decimal, 5, 5 },
        { SqlDbType.Decimal, 38, 10 }, { SqlDbType.Decimal, 38, 38 }, { SqlDbType.Money, 0, 0 }, { SqlDbType.SmallMoney, 0, 0 }, { SqlDbType.Float, 0, 0 }, { SqlDbType.Real, 0, 0 },
        { SqlDbType.Time, 0, 0 }, { SqlDbType.Time, 0, 3 }, { SqlDbType.DateTime, 0, 0 }, { SqlDbType.SmallDateTime, 0, 0 }, { SqlDbType.DateTime2, 0, 0 }, { SqlDbType.DateTime2, 0, 7 },
        { SqlDbType.DateTimeOffset, 0, 2 },
    };

    /// <summary>Between a literal and what is stored for it no value of the column stands.</summary>
    [Theory, MemberData(nameof(Rounding))]
    public void Store_OfAnyLiteral_IsTheNearestOnTheSideThatIsSaid(SqlDbType type, byte precision, byte scale)
    {
        var column = SqlServerColumns.Of(type, precision, scale);
        LiteralsOf(column).Array[2, 20].Sample(literals =>
        {
            foreach (var literal in literals)
            {
                var back = SqlServerProjection.Finish(column, SqlServerProjection.Store(column, literal, out var order));
                if (FieldOrder.TryCompare(column, back, literal, out var actual))
                    Assert.Equal(Math.Sign(actual), Math.Sign(order));
                var again = SqlServerProjection.Finish(column, SqlServerProjection.Store(column, back, out var none));
                Assert.Equal((0, FieldIdentity.Of(column, back)), (none, FieldIdentity.Of(column, again)));
                foreach (var other in literals)
                {
                    var stored = SqlServerProjection.Finish(column, SqlServerProjection.Store(column, other));
                    if (order != 0 && FieldOrder.TryCompare(column, stored, literal, out var toLiteral) && FieldOrder.TryCompare(column, stored, back, out var toBack))
                        Assert.True(order < 0 ? toBack <= 0 || toLiteral > 0 : toBack >= 0 || toLiteral < 0, $"{stored} stands between {literal} and {back}");
                }
            }
        });
    }

    private static Gen<FieldValue> LiteralsOf(ColumnDefinition column) => column.Type switch
    {
        FieldType.Double => Gen.OneOf(Gen.Double[-10, 10], Gen.Double).Where(d => !double.IsNaN(d)).Select(FieldValue.Of),
        FieldType.Time => Ticks.Select(ticks => FieldValue.Of(new TimeOnly(ticks))),
        FieldType.DateTime => Gen.OneOf(Moments, Gen.Long[0, 10_000_000].Select(t => new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(t)))
            .Select(moment => FieldValue.Of(new DateTimeOffset(moment, TimeSpan.Zero))),
        _ => Gen.OneOf(
            Gen.OneOf(Gen.Long, Gen.Long[-300, 300]).Select(v => column.Type == FieldType.Decimal ? FieldValue.Of((decimal)v) : FieldValue.Of(v)),
            Gen.OneOf(Gen.Decimal, Gen.Decimal[-300, 300]).Select(FieldValue.Of),
            Gen.Double.Where(d => !double.IsNaN(d)).Select(FieldValue.Of)),
    };

    private static readonly Gen<(int Precision, int Scale, BigInteger Digits)> Decimals =
        from precision in Gen.Int[1, 38]
        from scale in Gen.Int[0, precision]
        from digits in Gen.Int[1, precision]
        from first in Gen.ULong
        from second in Gen.ULong
        from zeros in Gen.Int[0, 20]
        from negative in Gen.Bool
        let number = (((BigInteger)first << 64) | second) % BigInteger.Pow(10, digits) * BigInteger.Pow(10, zeros) % BigInteger.Pow(10, precision)
        select (precision, scale, negative ? -number : number);

    private static int[] Bits(BigInteger value) => [.. Enumerable.Range(0, 4).Select(i => unchecked((int)(uint)((value >> (32 * i)) & uint.MaxValue)))];

    private static void Same(ColumnDefinition column, object native, string image)
    {
        var read = SqlServerProjection.Finish(column, native);
        var logged = SqlServerProjection.FinishText(column, image);
        Assert.Equal((read.Kind, read.Fits, FieldIdentity.Of(column, read), FieldText.Of(read)), (logged.Kind, logged.Fits, FieldIdentity.Of(column, logged), FieldText.Of(logged)));
    }
}
