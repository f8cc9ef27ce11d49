namespace RealtimeApi.Server.Resources;

/// <summary>How one column becomes a field.</summary>
public sealed class ColumnOptions
{
    /// <summary>The field's name on the wire.</summary>
    /// <value>Default: null, the column's name in camel case.</value>
    public string? Name { get; set; }

    /// <summary>Whether the column is never sent and cannot be asked for.</summary>
    /// <value>Default: false.</value>
    public bool Hidden { get; set; }
}
