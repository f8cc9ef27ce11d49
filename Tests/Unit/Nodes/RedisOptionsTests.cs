using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Nodes;
using StackExchange.Redis;
using Xunit;

namespace RealtimeApi.Tests.Unit.Nodes;

public sealed class RedisOptionsTests
{
    [Theory, InlineData(null), InlineData(""), InlineData("redis.example"), InlineData("redis.example:6379,password=a=b,ssl=true"), InlineData("one:6379,two:6379,channelPrefix=shop"), InlineData("one,two:26379,serviceName=shop"), InlineData("one,serviceName=shop,ssl=true,sslHost=redis.example")]
    public void Redis_Readable_IsTaken(string? text) => Assert.Null(Complaint(text));

    [Theory]
    [InlineData("redis://:secret@redis.example:6379", "written as a URL")]
    [InlineData("user@redis.example", "written as a URL")]
    [InlineData("redis.example,pass=secret", "the option 'pass'")]
    [InlineData("redis.example,ssl=secret", "the option 'ssl'")]
    [InlineData("redis.example:abc", "cannot be read")]
    [InlineData("redis.example:99999", "cannot be read")]
    [InlineData("password=secret", "names no server")]
    [InlineData(",", "names no server")]
    [InlineData("one,serviceName=shop,ssl=true,password=secret", "add sslHost=")]
    [InlineData("one,serviceName=shop,tunnel=http:secret:80", "cannot be combined")]
    [InlineData("redis.example,password=abc,secret", "A password with a comma")]
    [InlineData("redis.example,password=abc,secret=1", "a password with a comma")]
    public void Redis_Unreadable_IsExplainedWithoutTheSecret(string text, string words)
    {
        var complaint = Complaint(text);
        Assert.NotNull(complaint);
        Assert.StartsWith("RealtimeApi:Redis ", complaint, StringComparison.Ordinal);
        Assert.Contains(words, complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Redis_Options_NeverMakeOthersWait()
    {
        Assert.True(RedisText.TryRead("redis.example,abortConnect=true", out var options, out _));
        Assert.False(options.AbortOnConnectFail);
        Assert.Equal(BacklogPolicy.FailFast, options.BacklogPolicy);
        Assert.Equal(2000, options.ConnectTimeout);
    }

    [Fact]
    public void Redis_ConnectTimeoutOfTheSetting_IsKept()
    {
        Assert.True(RedisText.TryRead("redis.example,ConnectTimeout=700", out var options, out _));
        Assert.Equal(700, options.ConnectTimeout);
    }

    private static string? Complaint(string? text)
    {
        var options = new RealtimeApiOptions { Redis = text };
        var result = new RedisOptionsValidator().Validate(Options.DefaultName, options);
        return result.Failed ? Assert.Single(result.Failures) : null;
    }
}
