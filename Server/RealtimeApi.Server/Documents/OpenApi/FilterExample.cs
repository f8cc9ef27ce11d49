using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>Makes up a filter that a resource takes, from the types of its fields and from no row.</summary>
internal static class FilterExample
{
    private static readonly FieldType[] Preferred =
        [FieldType.String, FieldType.Decimal, FieldType.Integer, FieldType.DateTime, FieldType.Date, FieldType.Double, FieldType.Boolean, FieldType.Guid, FieldType.Time];

    public static string Of(ResourceDefinition resource)
    {
        var column = resource.Columns
            .Where(column => !column.Hidden)
            .OrderBy(column => resource.Key.Contains(column))
            .ThenBy(column => Array.IndexOf(Preferred, column.Type) is >= 0 and var rank ? rank : Preferred.Length)
            .First();
        return column.Type switch
        {
            FieldType.String => $"contains({column.Name},'text')",
            FieldType.Decimal or FieldType.Integer or FieldType.Double => $"{column.Name} gt 10",
            FieldType.DateTime => $"{column.Name} ge 2026-11-23T00:00:00Z",
            FieldType.Date => $"{column.Name} ge 2026-11-23",
            FieldType.Boolean => column.Name,
            FieldType.Guid => $"{column.Name} eq 0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80",
            FieldType.Time => $"{column.Name} ge 11:06:26",
            _ => $"{column.Name} ne null",
        };
    }
}
