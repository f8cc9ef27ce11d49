namespace RealtimeApi.Server.Resources;

/// <summary>A table's or view's name in its database; <see cref="Schema"/> is null where the database has none.</summary>
internal sealed record TableName(string? Schema, string Name)
{
    public override string ToString() => Schema is null ? Name : $"{Schema}.{Name}";
}
