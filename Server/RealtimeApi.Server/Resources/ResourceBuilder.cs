namespace RealtimeApi.Server.Resources;

/// <summary>Describes one resource in code: <c>r => r.Table("dbo.Orders").Watchable()</c>.</summary>
public sealed class ResourceBuilder
{
    private readonly ResourceOptions options;

    internal ResourceBuilder(ResourceOptions options) => this.options = options;

    /// <summary>The table or view, e.g. <c>dbo.Orders</c>.</summary>
    public ResourceBuilder Table(string name)
    {
        options.Table = name;
        return this;
    }

    /// <summary>Lets clients watch the resource.</summary>
    public ResourceBuilder Watchable()
    {
        options.Watch = true;
        return this;
    }

    /// <summary>Lets clients write the resource.</summary>
    public ResourceBuilder Writable()
    {
        options.Write = true;
        return this;
    }

    /// <summary>Lets those who watch the resource, or the same item of it, send each other messages.</summary>
    public ResourceBuilder WithMessages()
    {
        options.Messages = true;
        return this;
    }

    /// <summary>Tells those who watch an item of the resource who else does.</summary>
    public ResourceBuilder WithPresence()
    {
        options.Presence = true;
        return this;
    }

    /// <summary>The columns that make the key where the database names none.</summary>
    public ResourceBuilder Key(params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        foreach (var column in columns)
            options.Key.Add(column);
        return this;
    }

    /// <summary>Never sends this column.</summary>
    public ResourceBuilder Hide(string column)
    {
        Column(column).Hidden = true;
        return this;
    }

    /// <summary>Sends this column under another name.</summary>
    public ResourceBuilder Rename(string column, string name)
    {
        Column(column).Name = name;
        return this;
    }

    /// <summary>The form in which the column holds dates or times.</summary>
    /// <param name="column">The column's name in the database.</param>
    /// <param name="format">See <see cref="ColumnOptions.Format"/>.</param>
    public ResourceBuilder Format(string column, string format)
    {
        Column(column).Format = format;
        return this;
    }

    /// <summary>The items of a page.</summary>
    /// <param name="defaultTop">Where the client names no number.</param>
    /// <param name="maxTop">The most that a client may ask for.</param>
    public ResourceBuilder Page(int defaultTop, int maxTop)
    {
        options.DefaultTop = defaultTop;
        options.MaxTop = maxTop;
        return this;
    }

    private ColumnOptions Column(string name)
    {
        if (!options.Columns.TryGetValue(name, out var column))
            options.Columns[name] = column = new();
        return column;
    }
}
