using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RealtimeApi.Server.Requests;
using Xunit;

namespace RealtimeApi.Tests.Unit.Requests;

public sealed class RequestPathTests
{
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

    [Theory]
    [InlineData("/api/orders/42/events", "/api/orders/42/events", "42")]
    [InlineData("/api/orders/a%2Cb,c/events/", "/api/orders/a,b,c/events/", "a%2Cb,c")]
    [InlineData("/api/orders/a%2Fb/changes?since=a/b", "/api/orders/a%2Fb/changes", "a%2Fb")]
    [InlineData("/rewritten/elsewhere", "/api/orders/ä b/events", "%C3%A4%20b")]
    public void KeySegment_BeforeTheLast_StaysEncoded(string target, string path, string expected) => Assert.Equal(expected, KeySegment(target, path, following: 1));

    private static string KeySegment(string target, string path, int following = 0)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return RequestPath.KeySegment(context.Request, following);
    }
}
