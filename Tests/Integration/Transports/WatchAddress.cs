using System.Text;
using RealtimeApi.Contracts;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>Writes what to watch as the address of a request.</summary>
internal static class WatchAddress
{
    /// <param name="request">What to watch; its key is that of a resource with one key column.</param>
    /// <param name="way">The last segment.</param>
    /// <param name="more">Further options, encoded.</param>
    public static string Of(WatchRequest request, string way, params ReadOnlySpan<string> more)
    {
        var address = new StringBuilder("/api/").Append(request.Resource);
        if (request.Key is { } key)
            address.Append('/').Append(Uri.EscapeDataString(key));
        address.Append('/').Append(way);
        var separator = '?';
        Append("$filter", request.Filter);
        Append("$select", request.Select);
        Append("since", request.Since);
        Append("initial", request.Initial ? "true" : null);
        foreach (var option in more)
        {
            address.Append(separator).Append(option);
            separator = '&';
        }

        return address.ToString();

        void Append(string name, string? value)
        {
            if (value is null)
                return;
            address.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
    }
}
