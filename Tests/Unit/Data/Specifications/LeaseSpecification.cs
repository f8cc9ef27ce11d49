using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>What every <see cref="RealtimeApi.Server.Data.ILeases"/> guarantees, whatever its database.</summary>
public abstract class LeaseSpecification
{
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract LeaseHarness Open();

    [Fact]
    public async Task Take_HeldByAnother_IsRefused()
    {
        await using var database = Open();
        Assert.True(await database.OpenAnother().TryTakeAsync("retention", "one", Term, Cancellation));
        Assert.False(await database.OpenAnother().TryTakeAsync("retention", "two", Term, Cancellation));
    }

    [Fact]
    public async Task Take_ItsOwn_RenewsIt()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        database.Age(Term / 2);
        Assert.True(await leases.TryTakeAsync("retention", "one", Term, Cancellation));

        database.Age(Term * 0.9);
        Assert.False(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
    }

    [Fact]
    public async Task Take_ItsOwnAfterItLapsed_TakesItAgain()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        database.Age(Term * 2);
        Assert.True(await leases.TryTakeAsync("retention", "one", Term, Cancellation));
        Assert.False(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
    }

    [Fact]
    public async Task Take_Lapsed_TakesItFromTheOneThatHadIt()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        database.Age(Term + TimeSpan.FromSeconds(1));
        Assert.True(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
        Assert.False(await leases.TryTakeAsync("retention", "one", Term, Cancellation));
    }

    [Fact]
    public async Task Take_GivenByAClockThatWasSetBack_TakesIt()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        database.Age(TimeSpan.FromDays(-365));
        Assert.True(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
        Assert.False(await leases.TryTakeAsync("retention", "one", Term, Cancellation));
    }

    [Fact]
    public async Task Take_AnotherName_IsAnotherLease()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        Assert.True(await leases.TryTakeAsync("retention", "one", Term, Cancellation));
        Assert.True(await leases.TryTakeAsync("answers", "two", Term, Cancellation));
        Assert.False(await leases.TryTakeAsync("answers", "one", Term, Cancellation));
    }

    [Fact]
    public async Task Take_ByManyAtOnce_GoesToOne()
    {
        await using var database = Open();
        for (var round = 0; round < 5; round++)
        {
            var name = $"round {round}";
            var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(node => Task.Run(() => database.OpenAnother().TryTakeAsync(name, $"node {node}", Term, Cancellation))));
            Assert.Single(taken, static got => got);
        }
    }

    [Fact]
    public async Task Release_ItsOwn_FreesIt()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        await leases.ReleaseAsync("retention", "one", Cancellation);
        Assert.True(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
    }

    [Fact]
    public async Task Release_NotItsOwn_ChangesNothing()
    {
        await using var database = Open();
        var leases = database.OpenAnother();
        await leases.ReleaseAsync("retention", "two", Cancellation);
        await leases.TryTakeAsync("retention", "one", Term, Cancellation);
        await leases.ReleaseAsync("retention", "two", Cancellation);
        Assert.False(await leases.TryTakeAsync("retention", "two", Term, Cancellation));
    }
}
