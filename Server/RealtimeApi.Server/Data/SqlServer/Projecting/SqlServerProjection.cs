using System.Buffers.Binary;
using System.Data;
using System.Data.SqlTypes;
using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The one projection: what SQL Server holds becomes a <see cref="FieldValue"/> here and nowhere else, for reads and for the log's images.</summary>
/// <remarks>
/// <see cref="Finish"/> of a value and <see cref="FinishText"/> of its <see cref="SqlServerColumn.Image"/> are the same. Every stored value fits its column but
/// one: an exact number of more than 28 digits, which is shown as the text of its digits (<see cref="SqlServerDecimal"/>).
/// </remarks>
internal static class SqlServerProjection
{
    /// <summary>A stored value as the driver gives it, as the column's field value.</summary>
    public static FieldValue Finish(ColumnDefinition column, object? stored) => stored switch
    {
        null or DBNull => FieldValue.Null,
        byte value => FieldValue.Of((long)value),
        short value => FieldValue.Of((long)value),
        int value => FieldValue.Of((long)value),
        long value => FieldValue.Of(value),
        bool value => FieldValue.Of(value),
        decimal value => SqlServerDecimal.Finish(value),
        SqlDecimal value => SqlServerDecimal.Finish(value),
        double value => OfReal(value),
        float value => OfSingle(value),
        string value => FieldValue.Of(value),
        Guid value => FieldValue.Of(value),
        byte[] value => FieldValue.Of(value),
        DateTime value when column.Type == FieldType.Date => FieldValue.Of(DateOnly.FromDateTime(value)),
        DateTime value => FieldValue.Of(new DateTimeOffset(value.Ticks, TimeSpan.Zero)),
        DateOnly value => FieldValue.Of(value),
        TimeSpan value => FieldValue.Of(new TimeOnly(value.Ticks)),
        TimeOnly value => FieldValue.Of(value),
        DateTimeOffset value => FieldValue.Of(value),
        _ => throw new ArgumentException($"SQL Server stores no {stored.GetType().Name}.", nameof(stored)),
    };

    /// <summary>The same for a column of the reader's present row, without a box: what the hot path of reads calls.</summary>
    public static FieldValue Read(ColumnDefinition column, SqlDataReader reader, int ordinal)
    {
        if (reader.IsDBNull(ordinal))
            return FieldValue.Null;
        var storage = SqlServerStorage.Of(column);
        return storage.Type switch
        {
            SqlDbType.TinyInt => FieldValue.Of((long)reader.GetByte(ordinal)),
            SqlDbType.SmallInt => FieldValue.Of((long)reader.GetInt16(ordinal)),
            SqlDbType.Int => FieldValue.Of((long)reader.GetInt32(ordinal)),
            SqlDbType.BigInt => FieldValue.Of(reader.GetInt64(ordinal)),
            SqlDbType.Bit => FieldValue.Of(reader.GetBoolean(ordinal)),
            // Some of these are no System.Decimal, and reading them as one throws.
            SqlDbType.Decimal when storage.Precision > SqlServerDecimal.Digits => SqlServerDecimal.Finish(reader.GetSqlDecimal(ordinal)),
            SqlDbType.Decimal or SqlDbType.Money or SqlDbType.SmallMoney => SqlServerDecimal.Finish(reader.GetDecimal(ordinal)),
            SqlDbType.Float => OfReal(reader.GetDouble(ordinal)),
            SqlDbType.Real => OfSingle(reader.GetFloat(ordinal)),
            SqlDbType.Char or SqlDbType.VarChar or SqlDbType.NChar or SqlDbType.NVarChar or SqlDbType.Xml => FieldValue.Of(reader.GetString(ordinal)),
            SqlDbType.UniqueIdentifier => FieldValue.Of(reader.GetGuid(ordinal)),
            SqlDbType.Date => FieldValue.Of(DateOnly.FromDateTime(reader.GetDateTime(ordinal))),
            SqlDbType.Time => FieldValue.Of(new TimeOnly(reader.GetTimeSpan(ordinal).Ticks)),
            SqlDbType.DateTimeOffset => FieldValue.Of(reader.GetDateTimeOffset(ordinal)),
            SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2 => FieldValue.Of(new DateTimeOffset(reader.GetDateTime(ordinal).Ticks, TimeSpan.Zero)),
            _ => FieldValue.Of(reader.GetFieldValue<byte[]>(ordinal)),
        };
    }

    /// <summary>What <see cref="SqlServerColumn.Image"/> renders, as the column's field value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="text">The rendered text, or the digits of the rendered number; null for NULL.</param>
    /// <exception cref="FormatException">It is no image of this column.</exception>
    public static FieldValue FinishText(ColumnDefinition column, string? text)
    {
        if (text is null)
            return FieldValue.Null;
        var culture = CultureInfo.InvariantCulture;
        switch (SqlServerStorage.Of(column).Type)
        {
            case SqlDbType.TinyInt or SqlDbType.SmallInt or SqlDbType.Int or SqlDbType.BigInt:
                return FieldValue.Of(long.Parse(text, NumberStyles.AllowLeadingSign, culture));
            case SqlDbType.Bit:
                return FieldValue.Of(text != "0");
            case SqlDbType.Decimal or SqlDbType.Money or SqlDbType.SmallMoney:
                return SqlServerDecimal.Finish(text);
            case SqlDbType.Float:
                return OfReal(double.Parse(text, NumberStyles.Float, culture));
            case SqlDbType.Real:
                return OfSingle(float.Parse(text, NumberStyles.Float, culture));
            case SqlDbType.UniqueIdentifier:
                return FieldValue.Of(Guid.ParseExact(text, "D"));
            case SqlDbType.Date or SqlDbType.Time or SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset:
                return SqlServerTime.FinishText(column, text);
            case SqlDbType.Binary or SqlDbType.VarBinary:
                return FieldValue.Of(Convert.FromHexString(text));
            case SqlDbType.Timestamp:
                var version = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(version, long.Parse(text, NumberStyles.AllowLeadingSign, culture));
                return FieldValue.Of(version);
            default:
                return FieldValue.Of(text);
        }
    }

    /// <summary>
    /// The value to compare the column with in SQL, or to write: rounded down, or to the nearest that there is, where the column cannot hold it exactly. A value
    /// of another kind than the column's is null, which equals nothing.
    /// </summary>
    public static object? Store(ColumnDefinition column, FieldValue value) => Store(column, value, out _);

    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    /// <param name="order">How what is stored stands to the value: 0 where it is that; <see cref="SqlServerNumber.Beyond"/> or its negative where the value is outside the column's range.</param>
    public static object? Store(ColumnDefinition column, FieldValue value, out int order)
    {
        order = 0;
        var storage = SqlServerStorage.Of(column);
        switch (storage.Type)
        {
            case SqlDbType.TinyInt:
                return SqlServerNumber.Store(value, byte.MinValue, byte.MaxValue, out order) is { } tiny ? (byte)tiny : null;
            case SqlDbType.SmallInt:
                return SqlServerNumber.Store(value, short.MinValue, short.MaxValue, out order) is { } small ? (short)small : null;
            case SqlDbType.Int:
                return SqlServerNumber.Store(value, int.MinValue, int.MaxValue, out order) is { } integer ? (int)integer : null;
            case SqlDbType.BigInt:
                return SqlServerNumber.Store(value, long.MinValue, long.MaxValue, out order) is { } big ? (long)big : null;
            case SqlDbType.Bit:
                return value.Kind == FieldValueKind.Boolean ? value.Boolean : null;
            case SqlDbType.Decimal or SqlDbType.Money or SqlDbType.SmallMoney:
                return SqlServerDecimal.Store(storage, value, out order);
            case SqlDbType.Float:
                return SqlServerNumber.StoreReal(value, out order);
            case SqlDbType.Real:
                return SqlServerNumber.StoreSingle(value, out order);
            case SqlDbType.UniqueIdentifier:
                return value.Kind == FieldValueKind.Guid ? value.Guid : null;
            case SqlDbType.Date or SqlDbType.Time or SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset:
                return SqlServerTime.Store(storage, value, out order);
            case SqlDbType.Binary or SqlDbType.VarBinary or SqlDbType.Timestamp:
                return value.Kind == FieldValueKind.Binary ? value.Binary : null;
            default:
                return value.Kind == FieldValueKind.Text ? value.Text : null;
        }
    }

    // One zero: -0.0 is equal to it and would be written as another text.
    private static FieldValue OfReal(double value) => FieldValue.Of(value == 0 ? 0 : value);

    // The double that is written as the single is: 0.1, and not 0.10000000149011612.
    private static FieldValue OfSingle(float value) => OfReal(SqlServerNumber.Widen(value));
}
