using System.Text;
using System.Text.Json;

namespace RealtimeApi.Server.Resources;

/// <summary>What tables and columns are called on the wire where nothing is configured.</summary>
/// <remarks>
/// The camel-case policy of System.Text.Json, after characters other than letters, digits and <c>_</c> are dropped and the letter that follows each is
/// capitalised: <c>Order Details</c> is <c>orderDetails</c>, <c>ProductID</c> is <c>productID</c>.
/// </remarks>
internal static class WireName
{
    /// <summary>The conventional name; empty where nothing of <paramref name="name"/> can stand.</summary>
    public static string Of(string name)
    {
        var kept = new StringBuilder(name.Length);
        var capitalise = false;
        foreach (var c in name)
        {
            if (!IsKept(c))
            {
                capitalise = kept.Length > 0;
                continue;
            }

            kept.Append(capitalise ? char.ToUpperInvariant(c) : c);
            capitalise = false;
        }

        return JsonNamingPolicy.CamelCase.ConvertName(kept.ToString());
    }

    /// <summary>
    /// A name that is not taken, and takes it: the conventional one, or that with the first number from 2 that makes it differ.
    /// </summary>
    /// <param name="name">The database's name.</param>
    /// <param name="fallback">What to call it where the conventional name is empty.</param>
    /// <param name="taken">The names that are given already.</param>
    public static string Take(string name, string fallback, ISet<string> taken)
    {
        var wanted = Of(name) is { Length: > 0 } conventional ? conventional : fallback;
        var free = wanted;
        for (var n = 2; !taken.Add(free); n++)
            free = $"{wanted}{n}";
        return free;
    }

    /// <summary>Whether a configured name can stand in a path and in a query.</summary>
    public static bool IsValid(string name) => name.Length > 0 && name.All(IsKept);

    private static bool IsKept(char c) => c == '_' || char.IsLetterOrDigit(c);
}
