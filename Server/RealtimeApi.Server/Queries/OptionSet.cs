using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Queries;

/// <summary>The options of a query by name, each known and given once.</summary>
internal static class OptionSet
{
    /// <exception cref="ProblemException"><c>invalid-query</c>: an option is not among <paramref name="known"/>, or is given twice.</exception>
    public static Dictionary<string, string> Collect(IEnumerable<KeyValuePair<string, string>> options, IReadOnlyList<string> known)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
        {
            if (!known.Contains(name))
            {
                var meant = known.FirstOrDefault(o => string.Equals(o.TrimStart('$'), name.TrimStart('$'), StringComparison.OrdinalIgnoreCase));
                throw QueryProblem.Of(meant is null
                    ? $"There is no query option {QueryProblem.Quote(name)}; there are {string.Join(", ", known)}."
                    : $"There is no query option {QueryProblem.Quote(name)}; it is written {meant}.");
            }
            if (!given.TryAdd(name, value ?? ""))
                throw QueryProblem.Of($"The query option {name} is given more than once.");
        }
        return given;
    }
}
