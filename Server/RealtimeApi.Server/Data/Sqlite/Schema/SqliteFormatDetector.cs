using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Finds the one form in which each column of dates, times or GUIDs holds its values.</summary>
/// <remarks>
/// Judged by a table's first rows, so that the answer stays the same while rows are added: another form would be another definition, which ends watches.
/// A column without values is judged by its default. Of the forms seen, the one that fits most of them wins.
/// </remarks>
internal static class SqliteFormatDetector
{
    private const int SampledRows = 256;

    public static ColumnSchema[] Detect(SqliteConnection connection, string table, ColumnSchema[] columns, string?[] defaults)
    {
        var wanted = Enumerable.Range(0, columns.Length)
            .Where(i => columns[i].Type is FieldType.Date or FieldType.Time or FieldType.DateTime or FieldType.Guid)
            .ToArray();
        if (wanted.Length == 0)
            return columns;
        var samples = Sample(connection, table, [.. wanted.Select(i => columns[i].Name)]);
        for (var i = 0; i < wanted.Length; i++)
        {
            if (samples[i].Count == 0 && defaults[wanted[i]] is { } expression && Evaluate(connection, expression) is { } value)
                samples[i].Add(value);
            columns[wanted[i]] = SqliteFormats.Choose(columns[wanted[i]], samples[i]);
        }

        return columns;
    }

    private static List<object>[] Sample(SqliteConnection connection, string table, string[] columns)
    {
        var samples = columns.Select(_ => new List<object>()).ToArray();
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {string.Join(", ", columns.Select(SqliteName.Quote))} FROM {SqliteName.Quote(table)} NOT INDEXED LIMIT {SampledRows}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                for (var i = 0; i < columns.Length; i++)
                    if (!reader.IsDBNull(i))
                        samples[i].Add(reader.GetValue(i));
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connection.DataSource) is null)
        {
            // A generated column may raise an error of its own; what was read until then is the sample.
        }

        return samples;
    }

    private static object? Evaluate(SqliteConnection connection, string expression)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {expression}";
            return command.ExecuteScalar() is { } value and not DBNull ? value : null;
        }
        catch (SqliteException)
        {
            return null;
        }
    }
}
