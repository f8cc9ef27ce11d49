using System.Runtime.InteropServices;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Watching;

/// <summary>Keeps what changes cost within bounds: on the node (<see cref="WatchingOptions.MaxCost"/>) and for each caller (<see cref="WatchingOptions.MaxCostPerCaller"/>).</summary>
/// <remarks>Guarded by the engine's lock. A caller is known here only while it watches something that costs it.</remarks>
internal sealed class WatchCosts(WatchingOptions options)
{
    /// <summary>Seconds after which others may have ended their watches.</summary>
    private const int RetryAfter = 30;

    private const string Advice = "Compare less, or watch by key or by 'field eq value', which is found without comparing.";

    private readonly Dictionary<string, Account> accounts = new(StringComparer.Ordinal);

    /// <exception cref="ProblemException">The view costs more than what is left of the node's (<c>limit-exceeded</c>).</exception>
    public void RequireRoom(WatchView view, int beside)
    {
        if (beside + view.Cost > options.MaxCost)
        {
            throw Exceeded(
                $"The views of '{view.Resource.Name}' that are watched on this server cost {beside} comparisons a change, and may cost {options.MaxCost}; this one would add {view.Cost}. {Advice}");
        }
    }

    /// <summary>Counts a watch of a view, the first of the caller's, against what the caller may cost.</summary>
    /// <exception cref="ProblemException">That is not enough (<c>limit-exceeded</c>); nothing has been counted.</exception>
    public void Add(string caller, WatchView view)
    {
        if (!IsCounted(caller, view))
            return;
        var account = accounts.GetValueOrDefault(caller);
        var key = new ScopeKey(view);
        if (account?.Watches.ContainsKey(key) != true)
        {
            var cost = account?.Cost ?? 0;
            if (cost + view.Cost > options.MaxCostPerCaller)
                throw Exceeded($"The different views that you watch on this server cost {cost} comparisons a change, and may cost {options.MaxCostPerCaller}; this one would add {view.Cost}. {Advice}");
            if (account is null)
                accounts.Add(caller, account = new());
            account.Cost += view.Cost;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(account!.Watches, key, out _)++;
    }

    /// <summary>Counts a watch no longer.</summary>
    public void Remove(string caller, WatchView view)
    {
        if (!IsCounted(caller, view))
            return;
        var account = accounts[caller];
        var key = new ScopeKey(view);
        if (--CollectionsMarshal.GetValueRefOrNullRef(account.Watches, key) > 0)
            return;
        account.Watches.Remove(key);
        account.Cost -= view.Cost;
        if (account.Watches.Count == 0)
            accounts.Remove(caller);
    }

    /// <summary>What is found by hash costs little however much of it there is; and the server's own watches are nobody's.</summary>
    private static bool IsCounted(string caller, WatchView view) => caller.Length > 0 && !view.IsIndexed;

    private static ProblemException Exceeded(string detail) =>
        new(ProblemCodes.LimitExceeded, $"{detail} Try again in {RetryAfter} seconds.") { RetryAfter = RetryAfter };

    private sealed class Account
    {
        public int Cost { get; set; }

        /// <summary>How many watches of each view.</summary>
        public Dictionary<ScopeKey, int> Watches { get; } = [];
    }
}
