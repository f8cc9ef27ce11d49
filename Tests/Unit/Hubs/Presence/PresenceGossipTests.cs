using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>Several nodes on one backplane, whose clock and whose wires are the test's.</summary>
public sealed class PresenceGossipTests : IAsyncLifetime
{
    private readonly DefaultHubLifetimeManager<ResourceHub> backplane = Wire.MakeBackplane();
    private readonly FakeTimeProvider clock = new();
    private readonly List<PresentNode> nodes = [];
    private PresentNode first = null!;
    private PresentNode second = null!;

    public async ValueTask InitializeAsync()
    {
        first = await StartAsync();
        second = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Join_OnOneNode_IsToldOnTheOtherAndSoIsLeave()
    {
        first.Join("ada");
        await BeatUntilAsync(() => Sees(second, "ada"));
        Assert.Equal("Joined ada", await second.ToldAsync());

        first.Leave("ada");
        await BeatUntilAsync(() => Sees(second));
        Assert.Equal("Left ada", await second.ToldAsync());
    }

    /// <summary>A Redis that answers nothing must not hold up the end of a server.</summary>
    [Fact]
    public async Task Stop_WhileTheBackplaneTakesNothing_EndsAllTheSame()
    {
        var node = await StartAsync();
        var stalled = node.Wire.StallAsync();
        node.Join("ada");
        await stalled.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        var stopping = node.StopAsync();

        await BeatUntilAsync(() => stopping.IsCompleted);
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Start_OfANode_LearnsWhoIsThereOfMoreThanOneMessage()
    {
        string[] ids = [.. Enumerable.Range(0, PresenceMessage.MaxEntries * 2 + 7).Select(static i => $"p{i:0000}")];
        foreach (var id in ids)
            first.Join(id);
        await using var third = await StartAsync();

        await BeatUntilAsync(() => Sees(third, ids));
    }

    [Fact]
    public async Task Node_ThatDies_IsTakenOffAndItsPeopleLeaveOnce()
    {
        var third = await StartAsync();
        third.Join("ada");
        third.Join("bob");
        second.Join("eve");
        await BeatUntilAsync(() => Sees(first, "ada", "bob", "eve") && Sees(second, "ada", "bob", "eve"));
        await KnowsAsync(first, "ada", "bob", "eve");

        // Not disposed before: a dead node says nothing.
        await third.DisposeAsync();
        await BeatUntilAsync(() => Sees(first, "eve") && Sees(second, "eve"));

        Assert.Equal("Left ada,bob", await first.ToldAsync());
        await BeatAsync(8);
        Assert.True(first.IsQuiet());
    }

    [Fact]
    public async Task Node_ThatStops_IsTakenOffAtOnce()
    {
        second.Join("ada");
        await BeatUntilAsync(() => Sees(first, "ada"));

        await second.StopAsync();

        await Until.TrueAsync(() => Sees(first));
    }

    [Fact]
    public async Task Node_ThatIsSilentForAWhile_IsKeptAndOneTakenForDeadComesBack()
    {
        second.Join("ada");
        await BeatUntilAsync(() => Sees(first, "ada"));
        Assert.Equal("Joined ada", await first.ToldAsync());

        second.Wire.IsCut = true;
        await BeatAsync(2);
        Assert.True(Sees(first, "ada"));
        await BeatUntilAsync(() => Sees(first));
        Assert.Equal("Left ada", await first.ToldAsync());

        second.Wire.IsCut = false;
        await BeatUntilAsync(() => Sees(first, "ada"));
        Assert.Equal("Joined ada", await first.ToldAsync());
    }

    [Fact]
    public async Task Outage_OfTheWayBetweenThem_KeepsWhatIsKnownAndMakesUpForWhatWasMissed()
    {
        first.Join("ada");
        second.Join("bob");
        await BeatUntilAsync(() => Sees(first, "ada", "bob") && Sees(second, "ada", "bob"));
        await KnowsAsync(first, "ada", "bob");

        (first.Wire.IsCut, second.Wire.IsCut) = (true, true);
        await BeatAsync(20);
        second.Leave("bob");
        second.Join("eve");
        await BeatAsync(2);
        Assert.True(Sees(first, "ada", "bob"));
        Assert.True(first.IsQuiet());

        (first.Wire.IsCut, second.Wire.IsCut) = (false, false);
        await BeatUntilAsync(() => Sees(first, "ada", "eve"));
        Assert.Equal("Joined eve", await first.ToldAsync());
        Assert.Equal("Left bob", await first.ToldAsync());
        Assert.True(Sees(second, "ada", "eve"));
    }

    /// <summary>A Redis that was stopped for a while gives to each node what it sent itself before it gives it what the others sent.</summary>
    [Fact]
    public async Task Heartbeats_ThatWereHeldUpAndComeAtOnce_TakeNobodyForDead()
    {
        second.Join("ada");
        await BeatUntilAsync(() => Sees(first, "ada"));
        await KnowsAsync(first, "ada");

        first.Wire.Hold();
        second.Wire.Hold();
        await BeatAsync(10);
        await first.Wire.ReleaseAsync();
        await second.Wire.ReleaseAsync();
        await BeatAsync(2);

        Assert.True(Sees(first, "ada"));
        Assert.True(first.IsQuiet());
    }

    [Fact]
    public async Task Change_ThatIsLost_IsMadeUpForAtTheNextHeartbeat()
    {
        second.Join("ada");
        await BeatUntilAsync(() => Sees(first, "ada"));

        second.Wire.IsCut = true;
        second.Join("bob");
        second.Leave("ada");
        await BeatAsync(1);
        second.Wire.IsCut = false;

        await BeatUntilAsync(() => Sees(first, "bob"));
    }

    [Fact]
    public async Task Client_ThatTakesNothing_IsToldTheDifferenceAndNoMore()
    {
        first.Join("ada");
        await BeatUntilAsync(() => Sees(first, "ada"));

        // The first frame is being written, and stays pending.
        await Until.TrueAsync(() => !first.IsQuiet());
        for (var i = 0; i < 1000; i++)
        {
            first.Join("bob");
            first.Leave("bob");
            first.Leave("ada");
            first.Join("ada");
        }

        first.Join("eve");
        Assert.Equal("Joined ada", await first.ToldAsync());
        Assert.Equal("Joined eve", await first.ToldAsync());
        Assert.True(first.IsQuiet());
    }

    [Fact]
    public void Message_OfAnotherForm_IsPassedOver()
    {
        Assert.Null(PresenceMessage.Parse("nonsense"));
        Assert.Null(PresenceMessage.Parse("""{"Node":"x","Kind":"Song"}"""));
        Assert.Null(PresenceMessage.Parse("""{"Kind":"Beat"}"""));
    }

    private static bool Sees(PresentNode node, params string[] ids) => node.Present.SequenceEqual(ids);

    /// <summary>Takes what the node's client is told until it knows of just these.</summary>
    private static async Task KnowsAsync(PresentNode node, params string[] ids)
    {
        var known = new SortedSet<string>(StringComparer.Ordinal);
        while (!known.SequenceEqual(ids))
        {
            var told = (await node.ToldAsync()).Split(' ');
            if (told[0] == "Joined")
                known.UnionWith(told[1].Split(','));
            else
                known.ExceptWith(told[1].Split(','));
        }
    }

    private async Task<PresentNode> StartAsync()
    {
        var node = await PresentNode.StartAsync(backplane, clock);
        nodes.Add(node);
        // Its client asks, so that it is told; it may know somebody already.
        _ = node.Present;
        return node;
    }

    /// <summary>So many heartbeats of every node, each one taken by its wire before the next.</summary>
    private async Task BeatAsync(int count)
    {
        // A node that starts beats once before the clock says so.
        await Until.TrueAsync(() => nodes.TrueForAll(static node => node.IsStopped || node.Wire.Beats > 0));
        for (; count > 0; count--)
        {
            var before = nodes.ConvertAll(static node => node.Wire.Beats);
            clock.Advance(PresentNode.Heartbeat);
            await Until.TrueAsync(() => nodes.Zip(before).All(static pair => pair.First.IsStopped || pair.First.Wire.Beats > pair.Second));
        }
    }

    private Task BeatUntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => Until.TrueAsync(
        async () =>
        {
            if (condition())
                return true;
            await BeatAsync(1);
            return false;
        },
        what);
}
