using Microsoft.AspNetCore.WebUtilities;

namespace RealtimeApi.Server.Requests;

/// <summary>The options in a request's query.</summary>
internal static class QueryOptions
{
    public const string Filter = "$filter";

    public const string Select = "$select";

    public const string SkipToken = "$skiptoken";

    /// <summary>The options of a query, decoded, in the order in which they were sent.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Read(string? query)
    {
        foreach (var option in new QueryStringEnumerable(query))
            yield return new(option.DecodeName().ToString(), option.DecodeValue().ToString());
    }
}
