using System.Data;
using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Queries;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The values of a statement as Dapper takes them, each with a name and the type of the column that it is for: no value is ever part of the text.</summary>
/// <remarks>
/// A parameter of another type would make the server convert the column instead of the value, and read the whole table. Lengths are those of the columns, so that
/// statements differ in nothing but values and their plans are found again.
/// </remarks>
internal sealed class SqlServerParameters : SqlMapper.IDynamicParameters
{
    /// <summary>So many values may a statement have: the server takes 2,100, some of which the driver needs.</summary>
    public const int MostParameters = 2090;

    private const int LongestWide = 4000;
    private const int LongestCoded = 8000;

    private static readonly string[] Names = [.. Enumerable.Range(0, 32).Select(NameOf)];

    private readonly List<(Kind Kind, object Value)> parameters = [];

    /// <summary>Adds what <see cref="SqlServerProjection.Store(Resources.ColumnDefinition, Resources.FieldValue)"/> makes for a column.</summary>
    /// <returns>What stands for it in the text, in the column's own type.</returns>
    public string Add(SqlServerStorage storage, object? value)
    {
        if (storage.IsCoded && value is string text && !Ascii.IsValid(text))
        {
            // The driver would encode it for the database's collation, which need not be the column's.
            var type = text.Length * 2 > LongestCoded ? "varchar(max)" : storage.Size > 0 ? $"varchar({Math.Min(Math.Max(storage.Size, text.Length * 2), LongestCoded)})" : "varchar(8000)";
            return $"CAST({AddText(text)} COLLATE {storage.Collation} AS {type})";
        }

        // Babelfish reads negative ones of the type itself wrongly.
        if (storage.Type == SqlDbType.SmallMoney)
            return $"CAST({Add(value, new(SqlDbType.Money))} AS smallmoney)";
        if (storage.SentAs is { } sent)
            return Add(value, new(sent, 0, 0, 3));
        return Add(value, storage.Type switch
        {
            SqlDbType.Char or SqlDbType.VarChar => new(SqlDbType.VarChar, SizeOf(storage, value as string, LongestCoded)),
            SqlDbType.NChar or SqlDbType.NVarChar or SqlDbType.Xml => new(SqlDbType.NVarChar, SizeOf(storage, value as string, LongestWide)),
            SqlDbType.Binary or SqlDbType.VarBinary => new(SqlDbType.VarBinary, value is byte[] bytes && bytes.Length > LongestCoded ? -1 : storage.Size),
            // A parameter of the type itself is not taken by every engine.
            SqlDbType.Timestamp => new(SqlDbType.Binary, 8),
            SqlDbType.Decimal => new(SqlDbType.Decimal, 0, storage.Precision, storage.Scale),
            SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset => new(storage.Type, 0, 0, storage.Scale),
            _ => new(storage.Type),
        });
    }

    /// <summary>Adds a text as <c>nvarchar</c>.</summary>
    public string AddText(string value) => Add(value, new(SqlDbType.NVarChar, value.Length > LongestWide ? -1 : LongestWide));

    /// <summary>Adds a whole number as <c>int</c>.</summary>
    public string Add(int value) => Add(value, new(SqlDbType.Int));

    /// <summary>Adds binary data as <c>varbinary</c>.</summary>
    public string Add(byte[] value) => Add(value, new(SqlDbType.VarBinary, value.Length > LongestCoded ? -1 : LongestCoded));

    /// <summary>Adds a point in time as <c>datetime2(3)</c>, in UTC.</summary>
    public string Add(DateTimeOffset value) => Add(value.UtcDateTime, new(SqlDbType.DateTime2, 0, 0, 3));

    void SqlMapper.IDynamicParameters.AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            var (kind, value) = parameters[i];
            var parameter = new SqlParameter { ParameterName = Name(i), SqlDbType = kind.Type };
            // Said only where there is something to say: what is set is sent.
            if (kind.Size != 0)
                parameter.Size = kind.Size;
            if (kind.Precision != 0)
                parameter.Precision = kind.Precision;
            if (kind.Type is SqlDbType.Decimal or SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset)
                parameter.Scale = kind.Scale;
            parameter.Value = value;
            ((SqlCommand)command).Parameters.Add(parameter);
        }
    }

    private string Add(object? value, Kind kind)
    {
        if (parameters.Count == MostParameters)
            throw QueryProblem.Of($"The filter has more values than the database takes in one statement, which are {MostParameters}.");
        parameters.Add((kind, value ?? DBNull.Value));
        return Name(parameters.Count - 1);
    }

    // A value that is longer than its parameter would be cut off.
    private static int SizeOf(SqlServerStorage storage, string? value, int longest)
    {
        var size = Math.Max(storage.Size > 0 ? storage.Size : longest, value?.Length ?? 0);
        return storage.Size < 0 && value?.Length > longest ? -1 : size > longest ? -1 : size;
    }

    private static string Name(int index) => index < Names.Length ? Names[index] : NameOf(index);

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"@p{index}");

    private readonly record struct Kind(SqlDbType Type, int Size = 0, byte Precision = 0, byte Scale = 0);
}
