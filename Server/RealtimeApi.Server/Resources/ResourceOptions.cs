namespace RealtimeApi.Server.Resources;

/// <summary>How one table or view becomes a resource.</summary>
public sealed class ResourceOptions
{
    /// <summary>The table or view, e.g. <c>Orders</c> or <c>dbo.Orders</c>.</summary>
    /// <value>Default: null, the table whose conventional name is the entry's.</value>
    public string? Table { get; set; }

    /// <summary>The resource's name on the wire.</summary>
    /// <value>Default: null, the entry's own name.</value>
    public string? Name { get; set; }

    /// <summary>Whether it can be watched; a view cannot.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and false where there is none.</value>
    public bool? Watch { get; set; }

    /// <summary>Whether it can be written.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and false where there is none.</value>
    public bool? Write { get; set; }

    /// <summary>Whether those who watch it, or the same item of it, over the hub may send each other messages (<c>Send</c>); only where it can be watched.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and false where there is none.</value>
    public bool? Messages { get; set; }

    /// <summary>Whether those who watch an item of it over the hub are told who else does (<c>Presence</c>); only where it can be watched.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and false where there is none.</value>
    public bool? Presence { get; set; }

    /// <summary>
    /// The columns that make the key where the database names none: those of a unique index of a table without a primary key, or those by which
    /// the rows of a view differ, which the database cannot check.
    /// </summary>
    public IList<string> Key { get; } = [];

    /// <summary>Columns that are renamed or hidden, by the database's name.</summary>
    public IDictionary<string, ColumnOptions> Columns { get; } = new Dictionary<string, ColumnOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Items of a page where the client names no number.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and otherwise 100 (or <see cref="MaxTop"/> where that is less).</value>
    public int? DefaultTop { get; set; }

    /// <summary>The largest page.</summary>
    /// <value>Default: null, which is what the entry <c>*</c> says, and otherwise 1,000.</value>
    public int? MaxTop { get; set; }
}
