using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The image of a row in the log: its values as the table held them, one after the other.</summary>
internal static class SqliteImage
{
    /// <summary>Reads an image from a row of the log, by the one projection.</summary>
    /// <param name="reader">At the row.</param>
    /// <param name="definition">What the image is of.</param>
    /// <param name="first">Where the image begins.</param>
    /// <param name="size">Grows by the bytes that the values take.</param>
    /// <param name="misfits">Told of the values that do not fit.</param>
    public static Item Read(SqliteDataReader reader, ResourceDefinition definition, int first, ref int size, SqliteMisfits misfits)
    {
        var statement = reader.Handle!;
        var values = new FieldValue[definition.Columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = SqliteProjection.Read(definition.Columns[i], reader, first + i);
            if (!values[i].Fits)
                misfits.Report(definition, definition.Columns[i], values[i]);
            // Only of texts and blobs can the size be asked: of a number it would make a text.
            size += raw.sqlite3_column_type(statement, first + i) switch
            {
                raw.SQLITE_TEXT or raw.SQLITE_BLOB => raw.sqlite3_column_bytes(statement, first + i),
                raw.SQLITE_NULL => 1,
                _ => 8,
            };
        }

        return new(definition, values);
    }
}
