using System.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What a column makes of what is written to it.</summary>
internal static class SqlServerStored
{
    /// <inheritdoc cref="IItemWrites.AsStored"/>
    /// <remarks>The spaces and zeros with which columns of a fixed length fill up what they are given are no other value.</remarks>
    public static FieldValue Of(ColumnDefinition column, FieldValue value)
    {
        var storage = SqlServerStorage.Of(column);
        switch (value.Kind)
        {
            case FieldValueKind.Null:
                return value;
            case FieldValueKind.Text when storage.IsCoded:
                return SqlServerCodePage.CountBytes(storage.CodePage, value.Text) is { } bytes && (storage.Size < 0 || bytes <= storage.Size) ? value : FieldValue.Null.AsMisfit();
            case FieldValueKind.Text when storage.IsWide:
                return storage.Size < 0 || value.Text.Length <= storage.Size ? value : FieldValue.Null.AsMisfit();
            case FieldValueKind.Binary when storage.Type is SqlDbType.Binary or SqlDbType.VarBinary:
                return storage.Size < 0 || value.Binary.Length <= storage.Size ? value : FieldValue.Null.AsMisfit();
            default:
                return SqlServerProjection.Finish(column, SqlServerProjection.Store(column, value));
        }
    }
}
