using System.Runtime.CompilerServices;
using CsCheck;
using RealtimeApi.Server.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Feed;

public sealed class RunTests
{
    [Fact]
    public void States_OfAnyHistory_StayWhatTheyWere() =>
        Gen.Int[-6, 4].List[0, 200].Sample(steps =>
        {
            // A negative step drops that many from the start; any other appends one.
            var expected = new List<int>();
            var run = Run<int>.Empty;
            var next = 0;
            List<(Run<int> Run, int[] Expected)> states = [];
            foreach (var step in steps)
            {
                if (step < 0)
                {
                    var dropped = Math.Min(-step, expected.Count);
                    expected.RemoveRange(0, dropped);
                    run = run.DropFirst(dropped);
                }
                else
                {
                    expected.Add(next);
                    run = run.Append(next++);
                }

                states.Add((run, [.. expected]));
            }

            return states.All(state => state.Run.SequenceEqual(state.Expected) && state.Run.Count == state.Expected.Length);
        });

    /// <summary>Of the feed's window each is a megabyte and more.</summary>
    [Fact]
    public void Items_Dropped_AreLetGoBeforeManyAreKept()
    {
        var (run, references) = DropHalf(count: 100);
        GC.Collect();

        Assert.InRange(references.Count(item => item.IsAlive), run.Count, run.Count + run.Count / 4);
        GC.KeepAlive(run);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Run<object> Run, WeakReference[] References) DropHalf(int count)
    {
        var run = Run<object>.Empty;
        for (var i = 0; i < count; i++)
            run = run.Append(new object());
        WeakReference[] references = [.. run.Select(item => new WeakReference(item))];
        for (var i = 0; i < count / 2; i++)
            run = run.DropFirst(1);
        return (run, references);
    }

    [Fact]
    public void Index_OutOfRange_Throws()
    {
        var run = Run<int>.Empty.Append(1).Append(2).Append(3).DropFirst(1);
        Assert.Equal(2, run[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => run[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => run[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => run.DropFirst(3));
    }
}
