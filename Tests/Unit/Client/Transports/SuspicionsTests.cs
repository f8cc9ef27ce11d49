using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Transports;

public sealed class SuspicionsTests
{
    private readonly Suspicions suspicions = new(maximum: 2);

    [Fact]
    public void Failures_ThatBeganBeforeTheCountedOne_AreTheSameOccasion()
    {
        var begun = Enumerable.Range(0, 10).Select(_ => suspicions.Begin()).ToList();

        foreach (var attempt in begun)
        {
            suspicions.Raise(attempt);
            Assert.False(suspicions.Confirm());
        }
    }

    [Fact]
    public void Failures_OneAfterTheOther_AreConfirmedAtTheMaximum()
    {
        Assert.False(FailsAgain());
        Assert.True(FailsAgain());

        // Judged: what comes later is judged anew.
        Assert.False(FailsAgain());
    }

    [Fact]
    public void Failure_WhileTheServerIsAway_IsForgotten()
    {
        Assert.False(FailsAgain());

        suspicions.Raise(suspicions.Begin());
        suspicions.Clear();

        Assert.False(suspicions.Confirm());
        Assert.False(FailsAgain());
    }

    [Fact]
    public void Confirm_WithoutAFailure_IsNothing()
    {
        Assert.False(suspicions.Confirm());
        Assert.False(suspicions.Confirm());
        Assert.False(FailsAgain());
    }

    private bool FailsAgain()
    {
        suspicions.Raise(suspicions.Begin());
        return suspicions.Confirm();
    }
}
