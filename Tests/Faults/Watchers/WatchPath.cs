using RealtimeApi.Tests.TestSupport.Following;

namespace RealtimeApi.Tests.Faults.Watchers;

/// <summary>What a view is called over HTTP.</summary>
internal static class WatchPath
{
    /// <param name="view">The view.</param>
    /// <param name="way"><c>events</c> or <c>changes</c>.</param>
    /// <param name="options">Further options, encoded.</param>
    public static string Of(View view, string way, params IEnumerable<string> options)
    {
        List<string> all = [.. options];
        if (view.Filter is { } filter)
            all.Add("$filter=" + Uri.EscapeDataString(filter));
        if (view.Select is { } select)
            all.Add("$select=" + Uri.EscapeDataString(select));
        return $"api/{view.Resource}{(view.Key is { } key ? "/" + key : "")}/{way}{(all.Count == 0 ? "" : "?" + string.Join('&', all))}";
    }
}
