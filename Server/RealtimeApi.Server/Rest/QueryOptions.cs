namespace RealtimeApi.Server.Rest;

/// <summary>The options of a query that this folder itself must know; the rest is the parser's.</summary>
internal static class QueryOptions
{
    public const string Filter = "$filter";

    public const string Select = "$select";

    public const string SkipToken = "$skiptoken";
}
