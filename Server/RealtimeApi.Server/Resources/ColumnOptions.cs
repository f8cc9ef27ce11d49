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

    /// <summary>
    /// The form in which a SQLite column holds dates and times: <c>UnixSeconds</c>, <c>UnixMilliseconds</c>, <c>JulianDay</c>, or an example of
    /// its text such as <c>2026-11-23T11:06:26.123Z</c>. It makes a field of dates of a column of any declared type.
    /// </summary>
    /// <value>Default: null, the form that most of the first rows have, for columns that are declared as dates or times.</value>
    public string? Format { get; set; }
}
