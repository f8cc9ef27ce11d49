using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Queries;

/// <summary>Turns the query options of a request into a checked query; nothing unchecked gets past it.</summary>
/// <remarks>PROTOCOL, Reading. Every refusal is a <see cref="ProblemException"/> <c>invalid-query</c> that quotes the offending text.</remarks>
internal static class QueryParser
{
    public static FilterNode ParseFilter(ResourceDefinition resource, string filter) => throw new NotImplementedException();

    public static FieldSelection ParseSelect(ResourceDefinition resource, string select) => throw new NotImplementedException();

    /// <summary>The list request that these options ask for; an option it does not know, or one given twice, is refused.</summary>
    /// <returns>The query, and the cursor that the first page carried where <c>$skiptoken</c> continues one.</returns>
    public static (ListQuery Query, string? Cursor) ParseList(ResourceDefinition resource, IEnumerable<KeyValuePair<string, string>> options) =>
        throw new NotImplementedException();

    /// <summary>The <c>$skiptoken</c> that continues after <paramref name="last"/>, carrying the first page's cursor.</summary>
    public static string MakeSkipToken(ListQuery query, Item last, string? cursor) => throw new NotImplementedException();
}
