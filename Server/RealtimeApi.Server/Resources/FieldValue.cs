using System.Globalization;
using System.Runtime.CompilerServices;

namespace RealtimeApi.Server.Resources;

/// <summary>One value of one field, in the one form that reads, events, filters and keys share.</summary>
/// <remarks>
/// Immutable. <see cref="Fits"/> is false for a value that the database holds against its column's type (SQLite allows that):
/// it is shown as stored and matches no typed comparison.
/// </remarks>
internal readonly struct FieldValue
{
    private const int ObjectOverhead = 24;

    /// <summary>The largest of the values that are kept in an object of their own.</summary>
    private const int BoxedBytes = 16;

    private readonly object? reference;
    private readonly long bits;
    private readonly bool misfit;

    private FieldValue(FieldValueKind kind, long bits, object? reference, bool fits = true)
    {
        Kind = kind;
        misfit = !fits;
        this.bits = bits;
        this.reference = reference;
    }

    public static FieldValue Null => default;

    public FieldValueKind Kind { get; }

    /// <summary>Whether the value is of its column's type. Null always fits.</summary>
    public bool Fits => !misfit;

    /// <summary>About how many bytes it takes in memory: the value, and the object that it refers to, if any.</summary>
    public long Size => Unsafe.SizeOf<FieldValue>() + reference switch
    {
        null => 0,
        string text => ObjectOverhead + sizeof(char) * (long)text.Length,
        byte[] binary => ObjectOverhead + binary.LongLength,
        _ => ObjectOverhead + BoxedBytes,
    };

    /// <summary>Whether it is the same text or the same bytes, in an object of its own or not.</summary>
    public bool HasSameContent(in FieldValue other) => Kind == other.Kind && misfit == other.misfit && (reference, other.reference) switch
    {
        (string text, string others) => text == others,
        (byte[] binary, byte[] others) => binary.AsSpan().SequenceEqual(others),
        _ => false,
    };

    /// <summary>Whether it keeps its text or its bytes in the very object in which the other does.</summary>
    public bool SharesContent(in FieldValue other) => reference is not null && ReferenceEquals(reference, other.reference);

    public bool IsNull => Kind == FieldValueKind.Null;

    public static FieldValue Of(bool value) => new(FieldValueKind.Boolean, value ? 1 : 0, null);

    public static FieldValue Of(long value) => new(FieldValueKind.Integer, value, null);

    public static FieldValue Of(double value) => new(FieldValueKind.Real, BitConverter.DoubleToInt64Bits(value), null);

    public static FieldValue Of(decimal value) => new(FieldValueKind.Decimal, 0, value);

    public static FieldValue Of(string value) => new(FieldValueKind.Text, 0, value);

    public static FieldValue Of(Guid value) => new(FieldValueKind.Guid, 0, value);

    public static FieldValue Of(byte[] value) => new(FieldValueKind.Binary, 0, value);

    public static FieldValue Of(DateOnly value) => new(FieldValueKind.Date, value.DayNumber, null);

    public static FieldValue Of(TimeOnly value) => new(FieldValueKind.Time, value.Ticks, null);

    public static FieldValue Of(DateTimeOffset value) => new(FieldValueKind.DateTime, 0, value);

    public FieldValue AsMisfit() => new(Kind, bits, reference, fits: false);

    public bool Boolean => bits != 0;

    public long Integer => bits;

    public double Real => BitConverter.Int64BitsToDouble(bits);

    public decimal Decimal => (decimal)reference!;

    public string Text => (string)reference!;

    public Guid Guid => (Guid)reference!;

    public byte[] Binary => (byte[])reference!;

    public DateOnly Date => DateOnly.FromDayNumber((int)bits);

    public TimeOnly Time => new(bits);

    public DateTimeOffset DateTime => (DateTimeOffset)reference!;

    /// <summary>A readable form for messages and tests; never sent and never logged.</summary>
    public override string ToString() => Kind switch
    {
        FieldValueKind.Null => "null",
        FieldValueKind.Boolean => Boolean ? "true" : "false",
        FieldValueKind.Integer => Integer.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Real => Real.ToString("R", CultureInfo.InvariantCulture),
        FieldValueKind.Binary => Convert.ToBase64String(Binary),
        FieldValueKind.Date => Date.ToString("O", CultureInfo.InvariantCulture),
        FieldValueKind.Time => Time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(reference, CultureInfo.InvariantCulture) ?? "",
    };
}
