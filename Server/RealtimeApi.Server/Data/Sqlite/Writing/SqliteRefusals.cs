using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Reads from SQLite's errors why it refused a write.</summary>
internal static class SqliteRefusals
{
    /// <summary>The reason, or null where the error says nothing of what was written.</summary>
    public static WriteRefusal? Explain(SqliteException error, ResourceDefinition resource, ItemChangeKind kind)
    {
        if (kind == ItemChangeKind.None)
            return null;
        var text = TextOf(error);
        return error.SqliteErrorCode switch
        {
            raw.SQLITE_CONSTRAINT => OfConstraint(error.SqliteExtendedErrorCode, text, resource, kind),
            raw.SQLITE_TOOBIG => WriteRefusal.TooLarge(isClear: true),
            // Raised by what the database computes from the values: generated columns, indexes, checks and triggers.
            raw.SQLITE_ERROR or raw.SQLITE_MISMATCH => WriteRefusal.NotComputed,
            _ => null,
        };
    }

    private static WriteRefusal OfConstraint(int code, string text, ResourceDefinition resource, ItemChangeKind kind) => code switch
    {
        raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID => WriteRefusal.Taken(FieldsOf(text, resource)),
        raw.SQLITE_CONSTRAINT_FOREIGNKEY => WriteRefusal.Reference(kind, []),
        raw.SQLITE_CONSTRAINT_NOTNULL => WriteRefusal.Missing(FieldsOf(text, resource)),
        raw.SQLITE_CONSTRAINT_TRIGGER => WriteRefusal.Said(text),
        raw.SQLITE_CONSTRAINT_CHECK => WriteRefusal.Check(NameIn(text)),
        _ => WriteRefusal.OfConstraint,
    };

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
