using Microsoft.AspNetCore.Http;
using RealtimeApi.Server.Rest;
using Xunit;

namespace RealtimeApi.Tests.Unit.Rest;

public sealed class RestPathsTests
{
    [Theory]
    [InlineData("", "/api", 0, "/api")]
    [InlineData("", "/api/", 0, "/api")]
    [InlineData("", "/api/orders", 1, "/api")]
    [InlineData("", "/api/orders/", 1, "/api")]
    [InlineData("", "/api/orders/a,b", 2, "/api")]
    [InlineData("", "/api/orders/a%2Fb", 2, "/api")]
    [InlineData("/shop", "/api/orders", 1, "/shop/api")]
    [InlineData("/my shop", "/dä/api/orders", 1, "/my%20shop/d%C3%A4/api")]
    public void Root_OfAPath_IsWhatPrecedesTheResource(string pathBase, string path, int depth, string expected)
    {
        var context = new DefaultHttpContext { Request = { PathBase = pathBase, Path = path } };
        Assert.Equal(expected, RestPaths.Root(context.Request, depth));
    }

    [Theory]
    [InlineData("/api", "/hubs/resources")]
    [InlineData("/shop/api", "/shop/hubs/resources")]
    public void Hub_OfARoot_StandsBesideIt(string root, string expected) => Assert.Equal(expected, RestPaths.Hub(root));
}
