using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Says in the log which columns hold values that do not fit: what a client is shown of one may look like the others, and yet no filter finds it.</summary>
/// <remarks>
/// Thread-safe. Says it of a column once, by the first such value that is read of the table or of the log; never the value itself, which may be nobody's business.
/// Values that fit cost their reader a look at <see cref="FieldValue.Fits"/>, and nothing here.
/// </remarks>
internal sealed partial class SqliteMisfits(ILogger<SqliteMisfits> logger)
{
    private readonly ConcurrentDictionary<(string Resource, string Column), bool> reported = [];

    /// <param name="resource">What the value was read for.</param>
    /// <param name="column">Its column.</param>
    /// <param name="value">The value, one that does not fit.</param>
    public void Report(ResourceDefinition resource, ColumnDefinition column, in FieldValue value)
    {
        var place = (resource.Name, column.Column);
        // Asked first, since adding takes a lock and a column may hold nothing but misfits.
        if (reported.ContainsKey(place) || !reported.TryAdd(place, true))
            return;
        var text = value.Kind == FieldValueKind.Text && SqliteMisfitForm.IsTime(column) ? SqliteIsoText.Parse(value.Text) : null;
        var other = text is null ? SqliteMisfitForm.Of(column, value) : text.Exists ? $"written as {text.Example}" : "a date or time that does not exist";
        Log.Misfit(logger, resource.Name, column.Name, SqliteMisfitForm.Of(column), other, Remedy(resource, column, text));
    }

    private static string Remedy(ResourceDefinition resource, ColumnDefinition column, SqliteIsoText? text)
    {
        if (!SqliteMisfitForm.IsTime(column))
            return "Write all values as the column holds them.";
        var update = text is not null && SqliteMisfitUpdate.Of(resource, column, text) is { } statement ? $" (for those of this form: {statement})" : "";
        return $"Write all values in one form{update}, or name the form that is to count as Columns:{column.Column}:Format of the resource.";
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "{Resource}.{Field} holds {Form}, but a value was read that is {Other}. Such values are shown as they are stored, but no comparison in a filter matches them, on reads and on watches, "
                + "even where they look like the others, and they are not sorted among them. {Remedy} This is said once for each column; the forms are examples, not what is stored.",
            EventName = "Misfit")]
        public static partial void Misfit(ILogger logger, string resource, string field, string form, string other, string remedy);
    }
}
