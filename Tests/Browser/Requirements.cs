namespace RealtimeApi.Tests.Browser;

/// <summary>What a test needs that a machine may lack. Where everything has to be there (<c>REALTIMEAPI_REQUIRE_ALL</c> is set, as in CI), lacking it is a failure.</summary>
internal static class Requirements
{
    public static void SkipUnless(bool met, string reason)
    {
        if (!met && Environment.GetEnvironmentVariable("REALTIMEAPI_REQUIRE_ALL") is { Length: > 0 })
            Assert.Fail($"REALTIMEAPI_REQUIRE_ALL is set. {reason}");
        Assert.SkipUnless(met, reason);
    }
}
