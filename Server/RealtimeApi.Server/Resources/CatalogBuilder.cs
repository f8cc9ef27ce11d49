using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

/// <summary>Makes the resources of one look at the database: its tables and views, and what the configuration says of them.</summary>
/// <remarks>
/// Nothing of the configuration is guessed at: an entry that does not fit the database is a mistake, and its resource is not made, so that a
/// hidden column which was renamed beneath the server does not come to light.
/// </remarks>
internal sealed class CatalogBuilder(RealtimeApiOptions options, ISchemaReader schema, IReadOnlyList<TableSchema> tables)
{
    private const string ReservedName = "webhooks";

    private readonly List<string> mistakes = [];
    private readonly List<string> notes = [];
    private readonly List<ResourceDefinition> resources = [];

    /// <summary>Where the configuration does not fit the database, each with its setting and a fix.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;

    /// <summary>What was left out or named otherwise than expected, each with a way to change it.</summary>
    public IReadOnlyList<string> Notes => notes;

    public ResourceCatalog Build()
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { ReservedName };
        var named = new HashSet<TableSchema>();
        foreach (var (entry, resource) in options.Resources.Where(pair => pair.Key != ResourcesOptions.Wildcard))
        {
            taken.Add(resource.Name ?? entry);
            if (FindTable(entry, resource) is not { } table)
                continue;
            named.Add(table);
            AddNamed(entry, resource, table);
        }

        if (options.Resources.TryGetValue(ResourcesOptions.Wildcard, out var defaults))
            foreach (var table in tables.Where(table => !named.Contains(table)))
                AddConventional(table, defaults, taken);
        if (resources.Count == 0 && mistakes.Count == 0)
            notes.Add(tables.Count == 0 ? "The database has no tables yet, so there is nothing to serve." : "Nothing of the database can be served.");
        return new(resources);
    }

    private TableSchema? FindTable(string entry, ResourceOptions resource)
    {
        var setting = ResourceSettings.PathOf(entry);
        var found = resource.Table is { } wanted
            ? tables.Where(table => Same(table.Table.ToString(), wanted) || Same(table.Table.Name, wanted)).ToList()
            : tables.Where(table => Same(table.Table.Name, entry)).ToList() is { Count: > 0 } exact ? exact
            : tables.Where(table => Same(WireName.Of(table.Table.Name), entry)).ToList() is { Count: > 0 } conventional ? conventional
            : [.. tables.Where(table => Same(WireName.Of(NameWithSchema(table)), entry))];
        // A name without a schema means the table of the default schema first, as in SQL.
        if (found.Count > 1 && found.Where(table => table.IsInDefaultSchema).ToList() is { Count: 1 } unqualified)
            found = unqualified;
        if (found.Count == 1)
            return found[0];
        var there = List(tables.Select(table => table.Table.ToString()));
        mistakes.Add(found.Count > 1
            ? $"{setting}: several tables can be meant ({List(found.Select(table => table.Table.ToString()))}). Name one in {setting}:Table."
            : resource.Table is null
                ? $"{setting}: no table or view is called '{entry}'. Name it in {setting}:Table; the database has {there}."
                : $"{setting}:Table: there is no table or view '{resource.Table}'. The database has {there}.");
        return null;
    }

    private void AddNamed(string entry, ResourceOptions resource, TableSchema table)
    {
        var setting = ResourceSettings.PathOf(entry);
        var before = mistakes.Count;
        var defaults = options.Resources.GetValueOrDefault(ResourcesOptions.Wildcard);
        // What the entry itself asks of a view is a mistake, what "*" asks of it is not meant for it.
        if (table.IsView && resource.Watch == true)
            mistakes.Add($"{setting}:Watch: '{table.Table}' is a view, which cannot be watched. Remove the setting, or watch the tables beneath it.");
        if (table.IsView && resource.Write == true)
            mistakes.Add($"{setting}:Write: '{table.Table}' is a view, which cannot be written. Remove the setting.");
        if (!IsWatchable(table, resource, defaults))
            RefuseTalk(resource, setting);
        var columns = new ColumnsBuilder(schema, table, resource, setting, mistakes).Build();
        var key = FindKey(resource, table, columns, setting);
        if (mistakes.Count > before)
            return;
        resources.Add(Make(resource.Name ?? entry, table, columns, key, resource, defaults));
        NoteNames(table, columns, setting, resource);
        NoteRows(table);
    }

    private void AddConventional(TableSchema table, ResourceOptions defaults, HashSet<string> taken)
    {
        if (table.Key.Count == 0)
        {
            var setting = $"{ResourceSettings.PathOf("<name>")}:Key (with Table)";
            notes.Add(table.IsView
                ? $"The view '{table.Table}' is left out, because nothing says by which columns its rows differ. Name them in {setting}."
                : $"The table '{table.Table}' is left out, because it has no primary key. Name the columns of a unique index in {setting}.");
            return;
        }

        // Of tables with one name in several schemas, those outside the default schema are called by both, whichever was found first.
        var ownName = table.IsInDefaultSchema || !tables.Any(other => other != table && Same(WireName.Of(other.Table.Name), WireName.Of(table.Table.Name)))
            ? table.Table.Name
            : NameWithSchema(table);
        var name = WireName.Take(ownName, "table", taken);
        if (name != WireName.Of(table.Table.Name))
            notes.Add($"The {(table.IsView ? "view" : "table")} '{table.Table}' is called '{name}', because its own name is taken or cannot stand in a path. "
                + $"Name it with {ResourceSettings.PathOf("<name>")}:Table.");
        var options = new ResourceOptions();
        var columns = new ColumnsBuilder(schema, table, options, ResourceSettings.PathOf(name), mistakes).Build();
        resources.Add(Make(name, table, columns, FindKey(options, table, columns, ResourceSettings.PathOf(name)), options, defaults));
        NoteNames(table, columns, ResourceSettings.PathOf(name), options);
        NoteRows(table);
    }

    private List<ColumnDefinition> FindKey(ResourceOptions resource, TableSchema table, IReadOnlyList<ColumnDefinition> columns, string setting)
    {
        string[] names = [.. resource.Key.Count > 0 ? resource.Key : (IEnumerable<string>)table.Key];
        if (names.Length == 0)
            mistakes.Add(table.IsView
                ? $"{setting}: nothing says by which columns the rows of the view '{table.Table}' differ. Name them in {setting}:Key."
                : $"{setting}: the table '{table.Table}' has no primary key. Give it one, or name the columns of a unique index in {setting}:Key.");
        var key = new List<ColumnDefinition>();
        foreach (var name in names)
        {
            if (columns.FirstOrDefault(column => Same(column.Column, name)) is { } column)
                key.Add(column);
            else if (table.Columns.Any(hidden => Same(hidden.Name, name)))
                mistakes.Add($"{setting}:Columns:{name}:Hidden: the column is part of the key, which every event carries. "
                    + $"Remove the setting, or choose another {setting}:Key.");
            else
                mistakes.Add($"{setting}:Key: '{table.Table}' has no column '{name}'. It has {List(table.Columns.Select(c => c.Name))}.");
        }

        if (!table.IsView && resource.Key.Count > 0 && !IsUnique(table, resource.Key))
            mistakes.Add($"{setting}:Key: the database does not keep {List(resource.Key)} of '{table.Table}' unique. "
                + "Make a unique index over exactly these columns"
                + (table.Key.Count > 0 ? ", or remove the setting: the table has a primary key." : "."));
        return key;
    }

    private static bool IsUnique(TableSchema table, IList<string> key) =>
        table.UniqueKeys.Prepend(table.Key).Any(unique =>
            unique.Count == key.Count && unique.All(column => key.Contains(column, StringComparer.OrdinalIgnoreCase)));

    private static ResourceDefinition Make(
        string name,
        TableSchema table,
        IReadOnlyList<ColumnDefinition> columns,
        List<ColumnDefinition> key,
        ResourceOptions resource,
        ResourceOptions? defaults)
    {
        var maxTop = resource.MaxTop ?? defaults?.MaxTop ?? 1000;
        var watchable = IsWatchable(table, resource, defaults);
        return new()
        {
            Name = name,
            Table = table.Table,
            IsView = table.IsView,
            Columns = columns,
            Key = key,
            Watchable = watchable,
            Writable = !table.IsView && (resource.Write ?? defaults?.Write ?? false),
            Messages = watchable && (resource.Messages ?? defaults?.Messages ?? false),
            Presence = watchable && (resource.Presence ?? defaults?.Presence ?? false),
            DefaultTop = Math.Min(resource.DefaultTop ?? defaults?.DefaultTop ?? 100, maxTop),
            MaxTop = maxTop,
            Fingerprint = ResourceFingerprint.Of(table.Table, columns, key),
        };
    }

    private static bool IsWatchable(TableSchema table, ResourceOptions resource, ResourceOptions? defaults) =>
        !table.IsView && (resource.Watch ?? (defaults is null ? false : defaults.Watch ?? true));

    private void RefuseTalk(ResourceOptions resource, string setting)
    {
        if (resource.Messages == true)
            mistakes.Add($"{setting}:Messages: only those who watch the same send each other messages, and the resource cannot be watched. Set {setting}:Watch, or remove the setting.");
        if (resource.Presence == true)
            mistakes.Add($"{setting}:Presence: only those who watch an item are told of each other, and the resource cannot be watched. Set {setting}:Watch, or remove the setting.");
    }

    private void NoteRows(TableSchema table)
    {
        if (table.HasNullKeys)
            notes.Add($"Rows of '{table.Table}' whose key holds NULL are left out. Give them a key, and forbid NULL in the table's definition.");
    }

    private void NoteNames(TableSchema table, IReadOnlyList<ColumnDefinition> columns, string setting, ResourceOptions resource)
    {
        foreach (var column in columns)
            if (column.Name != WireName.Of(column.Column) && (!resource.Columns.TryGetValue(column.Column, out var configured) || configured.Name is null))
                notes.Add($"The column '{column.Column}' of '{table.Table}' is called '{column.Name}', because its own name is taken or cannot stand in a query. "
                    + $"Name it in {setting}:Columns:{column.Column}:Name.");
    }

    private static string NameWithSchema(TableSchema table) => $"{table.Table.Schema} {table.Table.Name}";

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string List(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count == 0 ? "none" : string.Join(", ", all.Take(20).Select(name => $"'{name}'")) + (all.Count > 20 ? $" and {all.Count - 20} more" : "");
    }
}
