using System.Collections.Frozen;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Reads from SQL Server's errors, by their numbers and the names in them, why it refused a write.</summary>
internal static class SqlServerRefusals
{
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

    /// <summary>Of several errors the one that says most of what was written: what a trigger's author wrote, before that the trigger ended the transaction. Null where none does.</summary>
    public static SqlError? Find(SqlException error)
    {
        var parts = error.Errors.Cast<SqlError>().Where(static part => part.Class > 10).ToList();
        return parts.Find(static part => part.Number >= FirstOfUsers && part.Number != Unmapped)
            ?? parts.Find(static part => IsOfConstraint(part.Number) || tooLong.Contains(part.Number))
            ?? parts.Find(static part => computed.Contains(part.Number) || part.Number is >= 9400 and < 9500);
    }

    /// <summary>Whether the message names a constraint, an index or a column.</summary>
    public static bool IsOfConstraint(int number) => unique.Contains(number) || number is NotNull or Conflict;

    /// <summary>The reason.</summary>
    /// <param name="number">The number of an error that <see cref="Find"/> found.</param>
    /// <param name="message">Its message.</param>
    /// <param name="engine">Whose it is.</param>
    /// <param name="resource">Where something was to be written.</param>
    /// <param name="change">What was to be written.</param>
    /// <param name="known">What may have refused it.</param>
    public static WriteRefusal Explain(int number, string message, SqlServerEngine engine, ResourceDefinition resource, ItemChange change, SqlServerConstraints known)
    {
        var text = new SqlServerMessage(message);
        return number switch
        {
            // A trigger of the database may have met the constraint of another table.
            var _ when unique.Contains(number) => WriteRefusal.Taken(
                text.FindOne(known.Unique.Select(static index => index.Key)) is { } index && (text.Has(resource.Table) || !engine.NamesTableOfDuplicate) ? FieldsOf(known.Unique[index], resource) : null),
            NotNull when known.Columns.Count > 0 && !text.Has(resource.Table) => WriteRefusal.Missing(null),
            NotNull => text.FindOne(known.Columns.Select(static column => column.Key)) is { } column ? WriteRefusal.Missing(FieldsOf(known.Columns[column], resource)) : WriteRefusal.OfConstraint,
            Conflict => OfConflict(text, message, resource, change, known),
            >= FirstOfUsers when number != Unmapped => WriteRefusal.Said(message),
            var _ when tooLong.Contains(number) => WriteRefusal.TooLarge(isClear: false),
            _ => WriteRefusal.NotComputed,
        };
    }

    private static WriteRefusal OfConflict(SqlServerMessage text, string message, ResourceDefinition resource, ItemChange change, SqlServerConstraints known)
    {
        var name = text.FindOne([.. known.Checks.Keys, .. known.ForeignKeys.Select(static key => key.Key)]);
        if (name is not null && known.Checks.TryGetValue(name, out var isNamed))
            return WriteRefusal.Check(isNamed ? name : null);
        if (name is not null)
            return WriteRefusal.Reference(change.Kind, FindBroken([.. known.ForeignKeys[name]], resource, change));
        // Another table's. The words are T-SQL's own, and the same in all languages; but names may have CHECK in them, too.
        return Says("CHECK") && !Says("FOREIGN KEY") && !Says("REFERENCE") ? WriteRefusal.Check(null) : WriteRefusal.Reference(change.Kind, []);

        bool Says(string word) => message.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The fields of a foreign key, if it is they that are at fault and not what other rows refer to.</summary>
    private static List<string> FindBroken(List<SqlServerConstraints.Reference> key, ResourceDefinition resource, ItemChange change)
    {
        // One that was not written was not at fault; and one that is of the same table may be so at its other end.
        if (change.Kind == ItemChangeKind.Delete || !key.Exists(part => IsWritten(part.Refers)) || (change.Kind == ItemChangeKind.Update && key.Exists(part => IsWritten(part.Referred))))
            return [];
        return FieldsOf(key.Where(static part => part.Refers is not null).Select(static part => part.Refers!), resource) ?? [];

        bool IsWritten(string? column) => column is not null && change.Values.Any(value => value.Key.Column == column);
    }

    /// <summary>The fields of columns; null where one of them is none of the resource's: of a hidden column nothing is said.</summary>
    private static List<string>? FieldsOf(IEnumerable<string> columns, ResourceDefinition resource)
    {
        var fields = columns.Select(column => resource.Columns.FirstOrDefault(c => !c.Hidden && c.Column == column)?.Name).ToList();
        return fields.Contains(null) ? null : [.. fields.Select(static field => field!)];
    }
}
