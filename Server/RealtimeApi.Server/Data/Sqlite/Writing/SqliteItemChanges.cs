using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The statements that change one row, and what they say when they did not.</summary>
/// <remarks>
/// Plain statements, as any program would write them: a conflict clause of their own would take the place of those that the database's triggers and constraints have.
/// </remarks>
internal static class SqliteItemChanges
{
    /// <returns>The new item's key.</returns>
    public static ItemKey Insert(SqliteConnection connection, ResourceDefinition resource, ItemChange change)
    {
        var parameters = new SqliteParameters();
        var names = string.Join(", ", change.Values.Select(value => SqliteColumn.Name(value.Key)));
        var values = string.Join(", ", change.Values.Select(value => parameters.Add(SqliteProjection.Store(value.Key, value.Value))));
        var what = change.Values.Count == 0 ? "DEFAULT VALUES" : $"({names}) VALUES ({values})";
        var key = string.Join(", ", resource.Key.Select(SqliteColumn.Name));
        using var rows = connection.ExecuteReader(Once($"INSERT INTO {Table(resource)} {what} RETURNING {key}", parameters));
        var row = (SqliteDataReader)((IWrappedDataReader)rows).Reader;
        FieldValue[]? found = null;
        // To the end, since only there SQLite checks foreign keys.
        while (row.Read())
        {
            found = new FieldValue[resource.Columns.Count];
            for (var i = 0; i < resource.Key.Count; i++)
                found[resource.Key[i].Ordinal] = SqliteProjection.Read(resource.Key[i], row, i);
        }

        if (found is null)
            throw Ignored();
        return ItemKey.IsComplete(resource, found) ? ItemKey.Of(resource, found) : throw WriteRefusal.NotThere();
    }

    /// <returns>The item's key.</returns>
    public static ItemKey Update(SqliteConnection connection, Item item, ItemChange change)
    {
        var parameters = new SqliteParameters();
        var sets = change.Values.Select(value => (Column: value.Key, Stored: SqliteProjection.Store(value.Key, value.Value)))
            .Concat(change.Defaults.Zip(Evaluate(connection, change.Defaults), static (column, value) => (Column: column, Stored: value)))
            .Select(set => $"{SqliteColumn.Name(set.Column)} = {parameters.Add(set.Stored)}")
            .ToList();
        RequireOne(connection.Execute(Once($"UPDATE {Table(item.Resource)} SET {string.Join(", ", sets)} WHERE {IsItem(item, parameters)}", parameters)));
        return item.Key;
    }

    /// <returns>The key that the item had.</returns>
    public static ItemKey Delete(SqliteConnection connection, Item item)
    {
        var parameters = new SqliteParameters();
        RequireOne(connection.Execute(Once($"DELETE FROM {Table(item.Resource)} WHERE {IsItem(item, parameters)}", parameters)));
        return item.Key;
    }

    private static string IsItem(Item item, SqliteParameters parameters) => string.Join(" AND ", item.Resource.Key.Select(column =>
    {
        var value = SqliteProjection.Store(column, item.Values[column.Ordinal]);
        return $"{SqliteColumn.ComparableTo(column, value)} = {parameters.Add(value)}";
    }));

    private static void RequireOne(int rows)
    {
        if (rows == 0)
            throw Ignored();
        if (rows > 1)
            throw WriteRefusal.Ambiguous();
    }

    private static ProblemException Ignored() => WriteRefusal.PassedOver("a trigger or a conflict clause");

    /// <summary>The values of the columns' defaults, now.</summary>
    private static object?[] Evaluate(SqliteConnection connection, IReadOnlyList<ColumnDefinition> columns)
    {
        if (columns.Count == 0)
            return [];
        var expressions = string.Join(", ", columns.Select(column => SqliteDefault.Expression(column.Default!)));
        return connection.Rows($"SELECT {expressions}", reader =>
        {
            var values = new object[columns.Count];
            reader.GetValues(values);
            return values.Select(static value => value is DBNull ? null : value).ToArray();
        })[0];
    }

    private static CommandDefinition Once(string text, SqliteParameters parameters) => new(text, parameters, flags: CommandFlags.NoCache);

    private static string Table(ResourceDefinition resource) => SqliteName.Quote(resource.Table.Name);
}
