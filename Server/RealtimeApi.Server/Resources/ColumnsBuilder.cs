using RealtimeApi.Server.Data;

namespace RealtimeApi.Server.Resources;

/// <summary>Makes the fields of one resource.</summary>
internal sealed class ColumnsBuilder(ISchemaReader schema, TableSchema table, ResourceOptions resource, string setting, List<string> mistakes)
{
    public IReadOnlyList<ColumnDefinition> Build()
    {
        foreach (var name in resource.Columns.Keys.Where(name => !table.Columns.Any(column => Same(column.Name, name))))
            mistakes.Add($"{setting}:Columns:{name}: '{table.Table}' has no column of this name. "
                + $"It has {string.Join(", ", table.Columns.Select(column => $"'{column.Name}'"))}.");

        var shown = table.Columns.Where(column => !(OptionsOf(column)?.Hidden ?? false)).ToList();
        var names = NameAll(shown);
        return [.. shown.Select((column, i) => Make(Interpret(column), names[i], i))];
    }

    private string[] NameAll(List<ColumnSchema> shown)
    {
        var names = new string[shown.Count];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < shown.Count; i++)
        {
            if (OptionsOf(shown[i])?.Name is not { } name)
                continue;
            names[i] = name;
            if (!taken.Add(name))
                mistakes.Add($"{setting}:Columns:{shown[i].Name}:Name: another column is called '{name}', too. Choose another name.");
        }

        for (var i = 0; i < shown.Count; i++)
            names[i] ??= WireName.Take(shown[i].Name, $"column{i + 1}", taken);
        return names;
    }

    private ColumnSchema Interpret(ColumnSchema column)
    {
        if (OptionsOf(column)?.Format is not { } format)
            return column;
        if (schema.Reinterpret(column, format) is { } interpreted)
            return interpreted;
        mistakes.Add($"{setting}:Columns:{column.Name}:Format: '{format}' is no form of dates or times. "
            + "Use UnixSeconds, UnixMilliseconds, JulianDay, or an example of its text such as 2026-11-23 11:06:26 or 2026-11-23T11:06:26.123Z.");
        return column;
    }

    private ColumnOptions? OptionsOf(ColumnSchema column) => resource.Columns.TryGetValue(column.Name, out var options) ? options : null;

    private static ColumnDefinition Make(ColumnSchema column, string name, int ordinal) => new()
    {
        Column = column.Name,
        Name = name,
        Ordinal = ordinal,
        Type = column.Type,
        DeclaredType = column.DeclaredType,
        Nullable = column.Nullable,
        ReadOnly = column.ReadOnly,
        MaxLength = column.MaxLength,
        Default = column.Default,
        Numbered = column.Numbered,
        ChangesUnseen = column.ChangesUnseen,
        TextRules = column.TextRules,
        Storage = column.Storage,
    };

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
