using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Says in the client's words why SQLite refused a write: by names of fields, never by values of rows.</summary>
internal static class SqliteRefusals
{
    /// <summary>The reason, or null where the error says nothing of what was written.</summary>
    public static SqliteRefusal? Explain(SqliteException error, ResourceDefinition resource, ItemChangeKind kind)
    {
        if (kind == ItemChangeKind.None)
            return null;
        var text = TextOf(error);
        return error.SqliteErrorCode switch
        {
            raw.SQLITE_CONSTRAINT => OfConstraint(error.SqliteExtendedErrorCode, text, resource, kind),
            raw.SQLITE_TOOBIG => new("A value is larger than the database takes.", IsClear: true),
            // Raised by what the database computes from the values: generated columns, indexes, checks and triggers.
            raw.SQLITE_ERROR or raw.SQLITE_MISMATCH => new("The database cannot compute what it derives from these values (a generated column, an index, a check or a trigger).", IsClear: false),
            _ => null,
        };
    }

    /// <summary>The same refusal with the fields that refer to nothing, where there are any.</summary>
    public static SqliteRefusal With(this SqliteRefusal refusal, IReadOnlyList<string> broken) => broken.Count == 0 ? refusal
        : new($"{SqliteRefusal.Join(broken)} {(broken.Count == 1 ? "refers" : "refer")} to something that does not exist.", IsClear: true) { Fields = broken, Reason = "It refers to something that does not exist." };

    private static SqliteRefusal OfConstraint(int code, string text, ResourceDefinition resource, ItemChangeKind kind)
    {
        switch (code)
        {
            case raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID:
                return FieldsOf(text, resource) is { } taken
                    ? new($"Another item has the same {SqliteRefusal.Join(taken)}, which must be unique.", IsClear: true) { Fields = taken, Reason = $"Another item has the same {SqliteRefusal.Join(taken)}." }
                    : new("Another row has the same value, or combination of values, where the database keeps them unique.", IsClear: true);
            case raw.SQLITE_CONSTRAINT_FOREIGNKEY:
                return new(
                    kind == ItemChangeKind.Delete ? "Other rows refer to this item." : "A field refers to something that does not exist, or other rows refer to what would change.",
                    IsClear: true);
            case raw.SQLITE_CONSTRAINT_NOTNULL:
                return FieldsOf(text, resource) is { } missing
                    ? new($"The database demands a value of {SqliteRefusal.Join(missing)}.", IsClear: true) { Fields = missing, Reason = "The database demands a value." }
                    : new("The database demands a value in a column that the resource does not have.", IsClear: false);
            case raw.SQLITE_CONSTRAINT_TRIGGER:
                // The words are the database author's own, written for whoever writes.
                return new($"The database refuses the write: {text}", IsClear: true);
            case raw.SQLITE_CONSTRAINT_CHECK:
                return NameIn(text) is { } name
                    ? new($"The values do not satisfy the database's check '{name}'.", IsClear: true)
                    : new("The values do not satisfy a check of the database.", IsClear: false);
            default:
                return new("The values do not satisfy a constraint of the database.", IsClear: false);
        }
    }

    /// <summary>The fields that a message names as <c>table.column, …</c>; null where one of them is none of the resource's.</summary>
    private static List<string>? FieldsOf(string text, ResourceDefinition resource)
    {
        var columns = text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(", ");
        var fields = columns.Select(column => resource.Columns.FirstOrDefault(c => !c.Hidden && column.Equals($"{resource.Table.Name}.{c.Column}", StringComparison.OrdinalIgnoreCase))?.Name).ToList();
        return fields.Contains(null) ? null : [.. fields.Select(static field => field!)];
    }

    /// <summary>The name that a check was given; one without is called by its expression, which may name what is hidden.</summary>
    private static string? NameIn(string text)
    {
        var name = text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        return name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-') ? name : null;
    }

    // "SQLite Error 19: 'UNIQUE constraint failed: t.c'."
    private static string TextOf(SqliteException error)
    {
        var start = error.Message.IndexOf('\'', StringComparison.Ordinal) + 1;
        var end = error.Message.LastIndexOf('\'');
        return end > start ? error.Message[start..end] : error.Message;
    }
}
