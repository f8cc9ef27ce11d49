using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using RealtimeApi.Server.Requests;
using Xunit;

namespace RealtimeApi.Tests.Unit.Requests;

public sealed class CallerTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true), InlineData("192.0.2.1", "192.0.2.2", false), InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", true), InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false), InlineData("::1", "192.0.2.1", false)]
    public void Callers_Unknown_AreToldApartByTheirAddress(string one, string other, bool same) => Assert.Equal(same, At(one) == At(other));

    [Fact]
    public void Callers_Known_AreToldApartByTheirName()
    {
        Assert.Equal(At("192.0.2.1", "ann"), At("192.0.2.2", "ann"));
        Assert.NotEqual(At("192.0.2.1", "ann"), At("192.0.2.1", "bob"));
        Assert.NotEqual(At("192.0.2.1", "ann"), At("192.0.2.1"));
    }

    [Fact]
    public void Caller_WithoutAddress_HasAnEmptyName() => Assert.Equal("", Caller.OrAddressOf(new DefaultHttpContext()));

    private static string At(string address, string? name = null)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        if (name is not null)
            context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name)], "test"));
        return Caller.OrAddressOf(context);
    }
}
