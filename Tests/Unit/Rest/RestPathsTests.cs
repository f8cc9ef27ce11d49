using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

    [Theory]
    [InlineData("/api/orders/42", "/api/orders/42", "42")]
    [InlineData("/api/orders/42/", "/api/orders/42/", "42")]
    [InlineData("/api/orders/42?$select=a/b", "/api/orders/42", "42")]
    [InlineData("/api/orders/a%2Cb,c", "/api/orders/a,b,c", "a%2Cb,c")]
    [InlineData("/api/orders/a%2Fb", "/api/orders/a%2Fb", "a%2Fb")]
    [InlineData("/api/orders/a%2fb", "/api/orders/a%2fb", "a%2fb")]
    [InlineData("/api/orders/a%252Fb", "/api/orders/a%2Fb", "a%252Fb")]
    [InlineData("/api/orders/100%25", "/api/orders/100%", "100%25")]
    [InlineData("/api/orders/%C3%A4", "/api/orders/ä", "%C3%A4")]
    [InlineData("http://host/api/orders/a%2Cb", "/api/orders/a,b", "a%2Cb")]
    public void KeySegment_OfATarget_StaysEncoded(string target, string path, string expected) => Assert.Equal(expected, KeySegment(target, path));

    [Theory]
    [InlineData("/api/orders/1/x/..", "/api/orders/1/", "1")]
    [InlineData("/rewritten/elsewhere", "/api/orders/ä b", "%C3%A4%20b")]
    [InlineData("", "/api/orders/a,b", "a,b")]
    public void KeySegment_WhereThePathWasRewritten_FollowsThePath(string target, string path, string expected) => Assert.Equal(expected, KeySegment(target, path));

    private static string KeySegment(string target, string path)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return RestPaths.KeySegment(context.Request);
    }
}
