using System.Collections.Frozen;
using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Says in the client's words why SQL Server refused a write: by names of fields, never by values of rows.</summary>
/// <remarks>
/// Messages are in the login's language, so only the numbers and the quoted names in them are read. Babelfish has its own words, with the names in lower case.
/// </remarks>
internal static class SqlServerRefusals
{
    private const string NamesSql = """
        SELECT i.name AS Name, c.name AS [Column]
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.indexes AS i ON i.object_id = o.object_id
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE s.name = @schema AND o.name = @table AND i.is_unique = 1 AND k.key_ordinal > 0
        ORDER BY i.index_id, k.key_ordinal;

        SELECT k.name
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        JOIN sys.check_constraints AS k ON k.parent_object_id = o.object_id
        WHERE s.name = @schema AND o.name = @table AND k.is_system_named = 0;
        """;

    private const int NotNull = 515;
    private const int Conflict = 547;
    private const int EndedInTrigger = 3609;
    private const int FirstOfUsers = 50000;

    // What Babelfish gives to most errors of PostgreSQL's.
    private const int Unmapped = 33557097;

    private static readonly FrozenSet<int> unique = FrozenSet.Create(2601, 2627);

    private static readonly FrozenSet<int> tooLong = FrozenSet.Create(2628, 8152, 511, 1946);

    // Raised by what the database computes from the values: computed columns, indexes, checks and triggers.
    private static readonly FrozenSet<int> computed = FrozenSet.Create(
        220, 232, 241, 242, 245, 248, 295, 512, 517, 535, 1934, 8114, 8115, 8134, 8169, 13608, 13609, EndedInTrigger, Unmapped);

    /// <summary>Whether the error says something of what was written.</summary>
    public static bool MayExplain(SqlException error) => Find(error) is not null;

    /// <summary>The names of unique indexes with their columns, and of the checks that were given a name.</summary>
    public static async ValueTask<Names> NamesAsync(SqlConnection connection, ResourceDefinition resource, CancellationToken cancellationToken)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            NamesSql, new { schema = resource.Table.Schema ?? SqlServerSchemaReader.DefaultSchema, table = resource.Table.Name }, cancellationToken: cancellationToken));
        var indexes = (await results.ReadAsync<(string Name, string Column)>()).ToLookup(row => row.Name, row => row.Column, StringComparer.OrdinalIgnoreCase);
        return new(indexes, [.. await results.ReadAsync<string>()]);
    }

    /// <summary>The reason; the error must be one of those that <see cref="MayExplain"/> takes.</summary>
    public static SqlServerRefusal Explain(SqlException error, ResourceDefinition resource, ItemChangeKind kind, Names names)
    {
        var part = Find(error)!;
        return Explain(part.Number, part.Message, resource, kind, names);
    }

    /// <inheritdoc cref="Explain(SqlException, ResourceDefinition, ItemChangeKind, Names)"/>
    internal static SqlServerRefusal Explain(int number, string message, ResourceDefinition resource, ItemChangeKind kind, Names names)
    {
        switch (number)
        {
            case var _ when unique.Contains(number):
                return names.Unique.FirstOrDefault(index => IsNamed(message, index.Key)) is { } taken && FieldsOf(taken, resource) is { } fields
                    ? new($"Another item has the same {fields}, which must be unique.", IsClear: true)
                    : new("Another row has the same value, or combination of values, where the database keeps them unique.", IsClear: true);
            case NotNull:
                return resource.Columns.FirstOrDefault(column => !column.Hidden && IsNamed(message, column.Column)) is { } missing
                    ? new($"The database demands a value of '{missing.Name}'.", IsClear: true)
                    : new("The database demands a value in a column that the resource does not have.", IsClear: false);
            case Conflict:
                if (names.Checks.FirstOrDefault(check => IsNamed(message, check)) is { } name)
                    return new($"The values do not satisfy the database's check '{name}'.", IsClear: true);
                // A check that was given no name is called by one that the server made.
                if (message.Contains("CHECK", StringComparison.OrdinalIgnoreCase))
                    return new("The values do not satisfy a check of the database.", IsClear: false);
                return new(
                    kind == ItemChangeKind.Delete ? "Other rows refer to this item." : "A field refers to something that does not exist, or other rows refer to what would change.",
                    IsClear: true);
            case >= FirstOfUsers when number != Unmapped:
                // The words are the database author's own, written for whoever writes.
                return new($"The database refuses the write: {message}", IsClear: true);
            case var _ when tooLong.Contains(number):
                return new("A value is larger than the database takes.", IsClear: false);
            default:
                return new("The database cannot compute what it derives from these values (a computed column, an index, a check or a trigger).", IsClear: false);
        }
    }

    // Of several errors the one that says most: what a trigger's author wrote, before that the trigger ended the transaction.
    private static SqlError? Find(SqlException error)
    {
        var parts = error.Errors.Cast<SqlError>().Where(part => part.Class > 10).ToList();
        return parts.Find(part => part.Number >= FirstOfUsers && part.Number != Unmapped)
            ?? parts.Find(part => unique.Contains(part.Number) || part.Number is NotNull or Conflict || tooLong.Contains(part.Number))
            ?? parts.Find(part => computed.Contains(part.Number) || part.Number is >= 9400 and < 9500);
    }

    private static bool IsNamed(string message, string name) =>
        message.Contains($"'{name}'", StringComparison.OrdinalIgnoreCase) || message.Contains($"\"{name}\"", StringComparison.OrdinalIgnoreCase);

    private static string? FieldsOf(IEnumerable<string> columns, ResourceDefinition resource)
    {
        var fields = columns.Select(column => resource.Columns.FirstOrDefault(c => !c.Hidden && c.Column.Equals(column, StringComparison.OrdinalIgnoreCase))?.Name).ToList();
        return fields.Contains(null) ? null : string.Join(" and ", fields.Select(field => $"'{field}'"));
    }

    /// <summary>What messages may name.</summary>
    /// <param name="Unique">The columns of unique indexes, by the index.</param>
    /// <param name="Checks">The checks.</param>
    internal sealed record Names(ILookup<string, string> Unique, IReadOnlyList<string> Checks);
}
