using CsCheck;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;
using Xunit;

namespace RealtimeApi.Tests.Unit.Rest;

public sealed class ChangeMarksTests
{
    private static readonly ResourceDefinition Orders = Define("orders");
    private static readonly ResourceDefinition Products = Define("products");

    private readonly FakeFeed feed = new(Orders, Products);
    private readonly ChangeMarks marks;

    public ChangeMarksTests() => marks = new(() => feed.State);

    [Fact]
    public void Item_UnchangedSince_Holds()
    {
        var read = Read(Orders, 1);
        Assert.True(marks.Holds(read, out var state));
        Assert.Same(feed.State, state);
    }

    [Fact]
    public void Item_OtherItemChanged_Holds()
    {
        var read = Read(Orders, 1);
        feed.Append(Update(Orders, 2), Update(Products, 1));
        Assert.True(marks.Holds(read, out _));
    }

    [Fact]
    public void Item_Changed_DoesNotHold()
    {
        var read = Read(Orders, 1);
        feed.Append(Update(Orders, 1));
        Assert.False(marks.Holds(read, out _));
    }

    [Fact]
    public void Item_DeletedOrKeyChanged_DoesNotHold()
    {
        var deleted = Read(Orders, 1);
        var replaced = Read(Orders, 2);
        feed.Append(point => new() { Point = point, Resource = Orders, Before = Item(Orders, 1), Time = default, Size = 1 });
        feed.Append(point => new() { Point = point, Resource = Orders, Before = Item(Orders, 3), After = Item(Orders, 2), Time = default, Size = 1 });
        Assert.False(marks.Holds(deleted, out _));
        Assert.False(marks.Holds(replaced, out _));
    }

    [Fact]
    public void List_AnyItemOfItsResourceChanged_DoesNotHold()
    {
        var orders = Read(Orders, null);
        var products = Read(Products, null);
        feed.Append(Update(Orders, 7));
        Assert.False(marks.Holds(orders, out _));
        Assert.True(marks.Holds(products, out _));
    }

    [Fact]
    public void Read_NewerThanTheFeed_HoldsWhenTheFeedArrives()
    {
        var epoch = marks.Follow(Orders);
        var ahead = feed.Next();
        var read = Read(Orders, 1) with { Point = ahead, Epoch = epoch!.Value };
        Assert.True(marks.Holds(read, out _));
        feed.Append(Update(Orders, 1));
        Assert.True(marks.Holds(read, out _));
        feed.Append(Update(Orders, 1));
        Assert.False(marks.Holds(read, out _));
    }

    [Fact]
    public void Read_ThatBeganBeforeAnEpochEnded_DoesNotHold()
    {
        var read = Read(Orders, 1);
        feed.Restart();
        Assert.False(marks.Holds(read, out _));
        Assert.True(marks.Holds(Read(Orders, 1), out _));
    }

    [Fact]
    public void Feed_Behind_JudgesNothing()
    {
        var read = Read(Orders, 1);
        feed.State = feed.State! with { IsCurrent = false };
        Assert.False(marks.Holds(read, out _));
        Assert.Null(marks.Follow(Orders));
    }

    [Fact]
    public void Feed_WithoutLog_JudgesNothing()
    {
        feed.State = null;
        Assert.Null(marks.Follow(Orders));
    }

    [Fact]
    public void Definition_Changed_DoesNotHold()
    {
        var read = Read(Orders, 1);
        feed.State = feed.State! with { Catalog = new([Define("orders"), Products]) };
        Assert.False(marks.Holds(read, out _));
        Assert.Null(marks.Follow(Orders));
    }

    [Fact]
    public void Capture_OfAnotherServerAlone_JudgesNothing()
    {
        var read = Read(Orders, 1);
        feed.State = feed.State! with { CaptureStarts = new Dictionary<string, LogPosition> { ["products"] = LogPosition.Zero } };
        Assert.False(marks.Holds(read, out _));
        Assert.Null(marks.Follow(Orders));
        Assert.NotNull(marks.Follow(Products));
    }

    [Fact]
    public void Capture_BeganAnew_DoesNotHold()
    {
        var read = Read(Orders, 1);
        feed.Reset("orders");
        Assert.False(marks.Holds(read, out _));
        Assert.True(marks.Holds(Read(Orders, 1), out _));
    }

    [Fact]
    public void Window_DoesNotReachBack_DoesNotHold()
    {
        var read = Read(Orders, 1);
        feed.Append(Update(Products, 1));
        feed.Append(Update(Products, 1));
        feed.DropWindow();
        Assert.False(marks.Holds(read, out _));
    }

    [Fact]
    public void Changes_MoreThanAreWorthReading_DoNotHold()
    {
        var read = Read(Orders, 1);
        feed.Append([.. Enumerable.Repeat(Update(Products, 1), ChangeMarks.MaxCatchUp + 1)]);
        Assert.False(marks.Holds(read, out _));
        Assert.True(marks.Holds(Read(Orders, 1), out _));
    }

    [Fact]
    public void Keys_MoreThanAreKept_DoNotHold()
    {
        var read = Read(Orders, -1);
        feed.Append([.. Enumerable.Range(0, ChangeMarks.MaxKeys + 1).Select(key => Update(Orders, key))]);
        Assert.False(marks.Holds(read, out _));
        Assert.True(marks.Holds(Read(Orders, -1), out _));
    }

    /// <summary>Whatever is read, changed and asked in whatever order: what holds has not changed, by an oracle that remembers everything.</summary>
    [Fact]
    public void Holds_OnRandomHistories_NeverVouchesForWhatChanged()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Bool);
        step.List[1, 200].Sample(steps =>
        {
            var feed = new FakeFeed(Orders, Products);
            var marks = new ChangeMarks(() => feed.State);
            var reads = new List<Read>();
            var changes = new List<(LogPosition Position, string Resource, string Key)>();
            foreach (var (what, key, orders) in steps)
            {
                var resource = orders ? Orders : Products;
                switch (what)
                {
                    case 0:
                        var point = feed.Append(Update(resource, key));
                        changes.Add((point.Position, resource.Name, Item(resource, key).Key.Identity));
                        break;
                    case 1 when marks.Follow(resource) is { } epoch:
                        reads.Add(Read(feed, resource, key == 0 ? null : key) with { Epoch = epoch });
                        break;
                    case 2 when key == 5:
                        feed.DropWindow();
                        break;
                    default:
                        foreach (var read in reads)
                        {
                            var changed = changes.Any(c => c.Position > read.Point!.Value.Position && c.Resource == read.Resource.Name && (read.Key is null || read.Key.Identity == c.Key));
                            Assert.False(changed && marks.Holds(read, out _));
                        }

                        break;
                }
            }
        });
    }

    private Read Read(ResourceDefinition resource, int? key) => Read(feed, resource, key) with { Epoch = marks.Follow(resource) ?? -1 };

    private static Read Read(FakeFeed feed, ResourceDefinition resource, int? key) => new()
    {
        Resource = resource,
        Key = key is { } id ? Item(resource, id).Key : null,
        Tag = "\"x\"",
        Body = default,
        Point = feed.State!.Head,
    };

    private static Func<LogPoint, Change> Update(ResourceDefinition resource, int key) => point =>
        new() { Point = point, Resource = resource, Before = Item(resource, key), After = Item(resource, key), Time = default, Size = 1 };

    private static Item Item(ResourceDefinition resource, int key) => new(resource, [FieldValue.Of((long)key)]);

    private static ResourceDefinition Define(string name)
    {
        var id = new ColumnDefinition { Column = "Id", Name = "id", Ordinal = 0, Type = FieldType.Integer, DeclaredType = "INTEGER" };
        return new() { Name = name, Table = new(null, name), Columns = [id], Key = [id], Watchable = true, Fingerprint = name };
    }

    /// <summary>Publishes states as the feed does.</summary>
    private sealed class FakeFeed
    {
        public FakeFeed(params ResourceDefinition[] resources) => State = new()
        {
            LogId = "log",
            Catalog = new(resources),
            Head = default,
            Window = [],
            WindowStart = default,
            CaptureStarts = resources.ToDictionary(resource => resource.Name, _ => LogPosition.Zero),
            IsCurrent = true,
        };

        public FeedState? State { get; set; }

        /// <summary>The point that the next change will have.</summary>
        public LogPoint Next() => new(new(State!.Head.Position.Major + 1), State.Head.Position.Major + 1);

        public LogPoint Append(params Func<LogPoint, Change>[] changes)
        {
            var point = State!.Head;
            var made = changes.Select(change => change(point = new(new(point.Position.Major + 1), point.Position.Major + 1))).ToList();
            Extend(point, made, []);
            return point;
        }

        public void Reset(string resource)
        {
            var point = Next();
            Extend(point, [], [new(point, resource)]);
        }

        public void DropWindow() => State = State! with { Window = [], WindowStart = State.Head };

        public void Restart()
        {
            DropWindow();
            State = State! with { Epoch = State.Epoch + 1 };
        }

        private void Extend(LogPoint through, IReadOnlyList<Change> changes, IReadOnlyList<CaptureReset> resets)
        {
            var segment = new Segment { After = State!.Head, Through = through, Changes = changes, Resets = resets, Size = 1 };
            State = State with { Head = through, Window = [.. State.Window, segment] };
        }
    }
}
