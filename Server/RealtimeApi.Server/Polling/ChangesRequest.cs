using System.Globalization;
using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Polling;

/// <summary>What a request for the changes since a cursor asks.</summary>
/// <param name="Watch">What to watch, and from where.</param>
/// <param name="Wait">How long to wait for a change where there is none.</param>
/// <param name="Limit">The most events to answer with.</param>
internal sealed record ChangesRequest(WatchRequest Watch, TimeSpan Wait, int Limit)
{
    private const string SinceOption = "since";
    public const string WaitOption = "wait";
    public const string LimitOption = "limit";
    public const int MaxWait = 60;
    public const int MaxLimit = 1000;
    public const int DefaultLimit = 100;

    private static readonly string[] Options = [QueryOptions.Filter, QueryOptions.Select, SinceOption, WaitOption, LimitOption];

    /// <exception cref="ProblemException"><c>unknown-resource</c>; <c>invalid-query</c>: an option is unknown, given twice or out of its range.</exception>
    public static ChangesRequest Read(HttpRequest request, ResourceCatalog catalog)
    {
        var target = WatchTarget.Of(request, catalog);
        var options = OptionSet.Collect(QueryOptions.Read(request.QueryString.Value), Options);
        var watch = target with
        {
            Filter = options.GetValueOrDefault(QueryOptions.Filter),
            Select = options.GetValueOrDefault(QueryOptions.Select),
            Since = options.GetValueOrDefault(SinceOption),
        };
        var wait = ReadNumber(options, WaitOption, 0, MaxWait, unset: 0);
        return new(watch, TimeSpan.FromSeconds(wait), ReadNumber(options, LimitOption, 1, MaxLimit, DefaultLimit));
    }

    private static int ReadNumber(Dictionary<string, string> options, string name, int from, int to, int unset)
    {
        if (!options.TryGetValue(name, out var text))
            return unset;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : throw QueryProblem.Of($"{name} is a number from {from} to {to}; {QueryProblem.Quote(text)} is none.");
    }
}
