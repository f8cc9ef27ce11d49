using Xunit;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>What a test needs that a machine may lack: programs and packages, but no SQL Server (<see cref="TestDatabase"/>).</summary>
/// <remarks>Where everything has to be there (<c>REALTIMEAPI_REQUIRE_ALL</c> is set, as in CI), lacking it is a failure.</remarks>
public static class Requirements
{
    private static readonly bool mustAllBeMet = Environment.GetEnvironmentVariable("REALTIMEAPI_REQUIRE_ALL") is { Length: > 0 };

    /// <summary>Skips the test that calls it unless it has what it needs.</summary>
    /// <param name="met">Whether it is there.</param>
    /// <param name="reason">What is missing, and how to get it.</param>
    public static void SkipUnless(bool met, string reason) => Assert.SkipUnless(IsMet(met, reason), reason);

    /// <summary>For tests that do without it otherwise.</summary>
    /// <inheritdoc cref="SkipUnless"/>
    public static bool IsMet(bool met, string reason)
    {
        if (!met && mustAllBeMet)
            Assert.Fail($"REALTIMEAPI_REQUIRE_ALL is set. {reason}");
        return met;
    }
}
