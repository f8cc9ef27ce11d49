using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RealtimeApi.Server.Writing;

/// <summary>The caller's name, as far as the host has found out who it is.</summary>
internal static class Caller
{
    /// <summary>The same for all requests of one caller, and for no other's; empty for those whom nobody knows.</summary>
    public static string Of(HttpContext context)
    {
        if (context.User.Identity is not { IsAuthenticated: true } identity)
            return "";
        var name = context.User.FindFirst("sub") ?? context.User.FindFirst(ClaimTypes.NameIdentifier) ?? context.User.FindFirst(ClaimTypes.Name);
        return $"{identity.AuthenticationType}\n{name?.Issuer}\n{name?.Value ?? identity.Name}";
    }
}
