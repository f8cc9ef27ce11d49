using System.Security.Cryptography;
using System.Text.Json;

namespace RealtimeApi.Server.Resources;

/// <summary>A hash of everything that shapes an item.</summary>
internal static class ResourceFingerprint
{
    /// <summary>To be raised with any change of what the projection or the writer makes of the same row.</summary>
    private const int Version = 1;

    public static string Of(TableName table, IReadOnlyList<ColumnDefinition> columns, IReadOnlyList<ColumnDefinition> key)
    {
        // JSON, so that no two lists of names run together to one text.
        var shape = JsonSerializer.SerializeToUtf8Bytes(new object?[]
        {
            Version,
            table.ToString(),
            columns.Select(column => new[]
            {
                column.Column, column.Name, column.Type.ToString(), column.DeclaredType, column.Hidden ? "hidden" : "",
                column.TextRules?.ToString(), column.Storage?.ToString(),
            }),
            key.Select(column => column.Column),
        });
        return Convert.ToHexStringLower(SHA256.HashData(shape).AsSpan(0, 8));
    }
}
