using System.Data;
using Microsoft.Data.SqlClient;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The statements that change one row, and what they say when they did not.</summary>
/// <remarks>Plain statements, as any program would write them. None has OUTPUT without INTO, which a table with triggers does not take.</remarks>
internal static class SqlServerItemChanges
{
    /// <summary>Follows an insert: the number that the database has given.</summary>
    public const string Number = $"SELECT SCOPE_IDENTITY() AS {SqlServerWriteBatch.Mark};";

    private const string Count = $"SELECT @@ROWCOUNT AS {SqlServerWriteBatch.Mark};";

    /// <returns>The new item's key.</returns>
    public static async Task<ItemKey> InsertAsync(SqlTransaction transaction, ResourceDefinition resource, ItemChange change)
    {
        var parameters = new SqlServerParameters();
        var given = change.Values.ToDictionary(value => value.Key.Ordinal, value => value.Value);
        var made = resource.Key.Where(column => !given.ContainsKey(column.Ordinal)).ToList();
        var found = new FieldValue[resource.Columns.Count];
        foreach (var column in resource.Key.Where(column => given.ContainsKey(column.Ordinal)))
            found[column.Ordinal] = given[column.Ordinal];
        // A number can be asked for afterwards; what a default or a computation makes cannot.
        var isNumbered = made is [{ Numbered: true }];
        var text = Insert(resource, change, parameters, isNumbered ? [] : made) + (isNumbered ? "\n" + Number : "");
        var isThere = await SqlServerWriteBatch.RunAsync(
            transaction,
            text,
            parameters,
            row =>
            {
                if (isNumbered && !row.IsDBNull(0))
                    found[made[0].Ordinal] = made[0].Type == FieldType.Integer ? FieldValue.Of((long)row.GetDecimal(0)) : SqlServerDecimal.Finish(row.GetSqlDecimal(0));
                else if (!isNumbered)
                    for (var i = 0; i < made.Count; i++)
                        found[made[i].Ordinal] = SqlServerProjection.Read(made[i], row, i + 1);
                return true;
            },
            CancellationToken.None);
        return (isThere || made.Count == 0) && ItemKey.IsComplete(resource, found) ? ItemKey.Of(resource, found) : throw WriteRefusal.NotThere();
    }

    /// <returns>The item's key.</returns>
    public static async Task<ItemKey> UpdateAsync(SqlTransaction transaction, SqlServerItemStatements texts, Item item, ItemChange change)
    {
        var parameters = new SqlServerParameters();
        RequireOne(await CountAsync(transaction, Update(texts, item, change, parameters), parameters));
        return item.Key;
    }

    /// <returns>The key that the item had.</returns>
    public static async Task<ItemKey> DeleteAsync(SqlTransaction transaction, SqlServerItemStatements texts, Item item)
    {
        var parameters = new SqlServerParameters();
        RequireOne(await CountAsync(transaction, Delete(texts, item, parameters), parameters));
        return item.Key;
    }

    /// <summary>The statement, and what counts its rows.</summary>
    public static string Update(SqlServerItemStatements texts, Item item, ItemChange change, SqlServerParameters parameters)
    {
        var sets = change.Values.Select(value => $"{SqlServerColumn.Name(value.Key)} = {Parameter(parameters, value.Key, value.Value)}")
            .Concat(change.Defaults.Select(column => $"{SqlServerColumn.Name(column)} = DEFAULT"))
            .ToList();
        return $"UPDATE {Table(item.Resource)} SET {string.Join(", ", sets)} WHERE {texts.IsKey(item.Key.Values, parameters)};\n{Count}";
    }

    /// <inheritdoc cref="Update"/>
    public static string Delete(SqlServerItemStatements texts, Item item, SqlServerParameters parameters) =>
        $"DELETE FROM {Table(item.Resource)} WHERE {texts.IsKey(item.Key.Values, parameters)};\n{Count}";

    /// <summary>The statement, and where the database makes values of the key, what reads them.</summary>
    public static string Insert(ResourceDefinition resource, ItemChange change, SqlServerParameters parameters, IReadOnlyList<ColumnDefinition> made)
    {
        var names = string.Join(", ", change.Values.Select(value => SqlServerColumn.Name(value.Key)));
        var values = string.Join(", ", change.Values.Select(value => Parameter(parameters, value.Key, value.Value)));
        var columns = change.Values.Count == 0 ? "" : $" ({names})";
        var row = change.Values.Count == 0 ? "DEFAULT VALUES" : $"VALUES ({values})";
        if (made.Count == 0)
            return $"INSERT INTO {Table(resource)}{columns} {row};";
        return $"""
            DECLARE @made TABLE ({string.Join(", ", made.Select((column, i) => $"k{i} {TypeOf(column)}"))});
            INSERT INTO {Table(resource)}{columns} OUTPUT {string.Join(", ", made.Select(column => "inserted." + SqlServerColumn.Name(column)))} INTO @made {row};
            SELECT 1 AS {SqlServerWriteBatch.Mark}, {string.Join(", ", made.Select((_, i) => $"k{i}"))} FROM @made;
            """;
    }

    private static string Parameter(SqlServerParameters parameters, ColumnDefinition column, FieldValue value) =>
        parameters.Add(SqlServerStorage.Of(column), SqlServerProjection.Store(column, value));

    private static Task<int> CountAsync(SqlTransaction transaction, string statement, SqlServerParameters parameters) =>
        SqlServerWriteBatch.RunAsync(transaction, statement, parameters, static row => row.GetInt32(0), CancellationToken.None);

    private static string TypeOf(ColumnDefinition column)
    {
        var storage = SqlServerStorage.Of(column);
        return storage.Type == SqlDbType.Timestamp ? "binary(8)" : storage.Collation is { } collation ? $"{storage.TypeName} COLLATE {collation}" : storage.TypeName;
    }

    private static void RequireOne(int rows)
    {
        if (rows == 0)
            throw WriteRefusal.PassedOver("a trigger");
        if (rows > 1)
            throw WriteRefusal.Ambiguous();
    }

    private static string Table(ResourceDefinition resource) => SqlServerName.Quote(resource.Table);
}
