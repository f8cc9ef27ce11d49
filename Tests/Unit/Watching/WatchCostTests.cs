using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>What all views together may cost: each change is judged for all of them under one lock.</summary>
public sealed class WatchCostTests
{
    [Fact]
    public async Task Views_OfOneResource_CostNoMoreThanTheNodesBound()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Watching.MaxCost = 22);
        List<Watch> watches = [];
        for (var i = 0; i < 4; i++)
            watches.Add(await StartAsync(fixture, $"total gt {i}"));

        var problem = await RefusedAsync(fixture, "total gt 4");
        Assert.Contains("cost 20 comparisons a change, and may cost 22; this one would add 5", problem.Message, StringComparison.Ordinal);
        Assert.Equal(30, problem.RetryAfter);

        // One that is there already, one that is found by hash, and one of another resource cost those nothing.
        watches.Add(await StartAsync(fixture, "total gt 3"));
        watches.Add(await StartAsync(fixture, "customerId eq 7"));
        watches.Add(await StartAsync(fixture, filter: null, key: "7"));
        watches.Add(await StartAsync(fixture, filter: null, resource: "notes"));

        watches[3].Dispose();
        await RefusedAsync(fixture, "total gt 4");
        watches[4].Dispose();
        watches.Add(await StartAsync(fixture, "total gt 4"));
        Assert.Equal(7, fixture.Engine.WatchCount);
        watches.ForEach(watch => watch.Dispose());
        Assert.Equal(0, fixture.Engine.ScopeCount);
    }

    [Fact]
    public async Task Views_OfOneValue_CountTogether()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Watching.MaxCost = 14);
        using var first = await StartAsync(fixture, "customerId eq 7 and total gt 1");
        using var second = await StartAsync(fixture, "customerId eq 7 and total gt 2");

        await RefusedAsync(fixture, "customerId eq 7 and total gt 3");

        using var ofAnother = await StartAsync(fixture, "customerId eq 8 and total gt 3");
        using var unfound = await StartAsync(fixture, "total gt 3");
    }

    [Fact]
    public async Task Views_OfOneCaller_CostNoMoreThanTheCallersBound()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Watching.MaxCostPerCaller = 12);
        using var first = await StartAsync(fixture, "total gt 1", "ann");
        var second = await StartAsync(fixture, "total gt 2", "ann");
        var again = await StartAsync(fixture, "total gt 2", "ann");

        var problem = await RefusedAsync(fixture, "total gt 3", "ann");
        Assert.Contains("cost 10 comparisons a change, and may cost 12; this one would add 5", problem.Message, StringComparison.Ordinal);
        await RefusedAsync(fixture, "total gt 3 and contains(status,'x') and contains(status,'y')", "bob");

        // What is found by hash costs a caller nothing; nor does the server itself count as one.
        using var found = await StartAsync(fixture, "customerId eq 7 and total gt 3", "ann");
        using var ofAnother = await StartAsync(fixture, "total gt 3", "bob");
        using var own = await StartAsync(fixture, "total gt 1 and total lt 2 and total lt 3 and total lt 4 and total lt 5 and total lt 6 and total lt 7 and total lt 8 and total lt 9");

        second.Dispose();
        await RefusedAsync(fixture, "total gt 3", "ann");
        again.Dispose();
        again.Dispose();
        using var third = await StartAsync(fixture, "total gt 3", "ann");
    }

    [Fact]
    public async Task Views_ThatWereRefused_CostNothing()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => (options.Watching.MaxCost, options.Watching.MaxCostPerCaller) = (14, 9));
        for (var i = 0; i < 10; i++)
            await RefusedAsync(fixture, "total gt 1 and total lt 2 and total lt 3 and total lt 4 and total lt 5 and total lt 6", "ann");
        using var first = await StartAsync(fixture, "total gt 1", "ann");
        for (var i = 0; i < 10; i++)
            await RefusedAsync(fixture, "total gt 2", "ann");
        using var second = await StartAsync(fixture, "total gt 2", "bob");
        Assert.Equal(2, fixture.Engine.ScopeCount);
    }

    private static async Task<ProblemException> RefusedAsync(EngineFixture fixture, string filter, string caller = "")
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => StartAsync(fixture, filter, caller));
        Assert.Equal(ProblemCodes.LimitExceeded, problem.Code);
        return problem;
    }

    private static Task<Watch> StartAsync(EngineFixture fixture, string? filter, string caller = "", string? key = null, string resource = "orders") =>
        fixture.Engine.StartAsync(new() { Resource = resource, Filter = filter, Key = key }, caller, static _ => { }, TestContext.Current.CancellationToken).AsTask();
}
