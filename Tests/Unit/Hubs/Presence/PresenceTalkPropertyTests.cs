using CsCheck;
using RealtimeApi.Tests.Unit.Data.Specifications;
using RealtimeApi.Tests.Unit.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>
/// Nodes talk over a wire that keeps the order of what each hears, and otherwise does what it likes: loses, repeats, holds up, and is cut on either side of a node, while peers come and go, nodes
/// stop, die and come anew, and the log is replaced under them, one by one.
/// </summary>
public sealed class PresenceTalkPropertyTests
{
    /// <summary>One that died is found silent at the fourth heartbeat after the last that was heard of it.</summary>
    private const int BeatsUntilAllIsKnown = 6;

    private static readonly Gen<uint[]> Choices = Gen.UInt.Array[100, 600];

    [Fact]
    public void Nodes_OnceTheWireIsWhole_KnowWhoIsThereAndSayNothingMore() => Choices.Sample(
        static choices =>
        {
            using var town = new TalkingTown(new(choices));
            town.Live(lossless: false);
            town.MakeWhole();
            for (var i = 0; i < BeatsUntilAllIsKnown; i++)
                town.Beat();
            town.AssertAllIsKnown();

            var said = town.Said;
            town.Beat();
            Assert.Equal(town.Count, town.Said - said);
            town.AssertAllIsKnown();
        },
        iter: Iterations.Of(2000),
        threads: 1);

    /// <summary>As long as nothing is lost, but only late, nobody is told to have left or come who has not.</summary>
    [Fact]
    public void Nodes_WhileNothingIsLost_TellNothingThatIsNotSo() => Choices.Sample(
        static choices =>
        {
            using var town = new TalkingTown(new(choices));
            town.Live(lossless: true);
            town.Beat();
            town.Beat();
            town.AssertAllIsKnown();
            town.AssertNothingWasMadeUp();
        },
        iter: Iterations.Of(2000),
        threads: 1);
}
