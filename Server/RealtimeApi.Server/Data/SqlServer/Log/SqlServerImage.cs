using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The image of a row in the log: a JSON object whose members <c>c0, c1, …</c> are the columns of the definition, rendered by <see cref="SqlServerColumn.Image"/>.</summary>
internal static class SqlServerImage
{
    /// <summary>The name of a column's member.</summary>
    public static string Member(ColumnDefinition column) => string.Create(CultureInfo.InvariantCulture, $"c{column.Ordinal}");

    /// <summary>The expression that makes the image of a row.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="alias">The name of the row in the statement.</param>
    /// <param name="engine">What the database is.</param>
    public static string Expression(IEnumerable<ColumnDefinition> columns, string alias, SqlServerEngine engine) =>
        $"(SELECT {string.Join(", ", columns.Select(column => $"{SqlServerColumn.Image(column, alias, engine)} AS [{Member(column)}]"))} FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER)";

    /// <summary>Reads an image, by the one projection.</summary>
    /// <exception cref="FormatException">It is no image of this definition.</exception>
    public static Item Read(ResourceDefinition definition, string json)
    {
        var length = Encoding.UTF8.GetMaxByteCount(json.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return new(definition, Read(definition, buffer.AsSpan(0, Encoding.UTF8.GetBytes(json, buffer))));
        }
        catch (JsonException e)
        {
            throw new FormatException($"The change log holds what is no image of '{definition.Name}'.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FieldValue[] Read(ResourceDefinition definition, ReadOnlySpan<byte> utf8)
    {
        var values = new FieldValue[definition.Columns.Count];
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!int.TryParse(reader.ValueSpan[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) || (uint)ordinal >= (uint)values.Length)
                throw new FormatException($"The change log holds what is no image of '{definition.Name}'.");
            reader.Read();
            values[ordinal] = SqlServerProjection.FinishText(definition.Columns[ordinal], reader.TokenType switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.True => "1",
                JsonTokenType.False => "0",
                _ => Encoding.ASCII.GetString(reader.ValueSpan),
            });
        }

        return values;
    }
}
