using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RealtimeApi.Server.Requests;

/// <summary>The caller's name, as far as the host has found out who it is.</summary>
internal static class Caller
{
    /// <summary>What one customer of a provider has at least: it may choose the rest of its IPv6 address at will.</summary>
    private const int NetworkBytes = 8;

    /// <summary>The same for all requests of one caller, and for no other's; empty for those whom nobody knows.</summary>
    public static string Of(HttpContext context)
    {
        if (context.User.Identity is not { IsAuthenticated: true } identity)
            return "";
        var name = context.User.FindFirst("sub") ?? context.User.FindFirst(ClaimTypes.NameIdentifier) ?? context.User.FindFirst(ClaimTypes.Name);
        return $"{identity.AuthenticationType}\n{name?.Issuer}\n{name?.Value ?? identity.Name}";
    }

    /// <summary>Who a limit is for: the caller, or for those whom nobody knows the address that they come from.</summary>
    public static string OrAddressOf(HttpContext context) => Of(context) is { Length: > 0 } name ? name : AddressOf(context.Connection.RemoteIpAddress);

    private static string AddressOf(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return address is { AddressFamily: AddressFamily.InterNetworkV6 } ? Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes) : address?.ToString() ?? "";
    }
}
