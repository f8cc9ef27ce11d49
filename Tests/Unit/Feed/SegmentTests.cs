using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Feed;

/// <summary>The window's bound is worth what its measure is.</summary>
public sealed class SegmentTests
{
    private const int Changes = 2000;

    [Theory]
    [InlineData(1, 10, false), InlineData(1, 10, true)]
    [InlineData(30, 20, false), InlineData(30, 20, true)]
    [InlineData(3, 2000, false), InlineData(3, 2000, true)]
    public void Measure_OfUpdates_IsAboutWhatTheyTake(int columns, int letters, bool shared)
    {
        var resource = Define(columns);
        var changes = new List<Change>(Changes);
        // Made once before, so that what is made only once is not counted.
        Add(changes, resource, letters, shared);
        changes.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Changes; i++)
            Add(changes, resource, letters, shared);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(Segment.Measure(changes) / (double)taken, 0.8, 1.25);
    }

    private static void Add(List<Change> changes, ResourceDefinition resource, int letters, bool shared)
    {
        var old = Make(resource, letters);
        var present = shared ? new Item(resource, [.. old.Values]) : Make(resource, letters);
        // The events of a watched change name the key.
        _ = present.Key;
        changes.Add(new()
        {
            Point = new(new(changes.Count + 1), 1),
            Resource = resource,
            Before = old,
            After = present,
            Time = DateTimeOffset.UnixEpoch,
            Size = 100,
        });
    }

    private static Item Make(ResourceDefinition resource, int letters)
    {
        var values = new FieldValue[resource.Columns.Count];
        values[0] = FieldValue.Of(7L);
        for (var i = 1; i < values.Length; i++)
            values[i] = FieldValue.Of(new string('x', letters));
        return new(resource, values);
    }

    private static ResourceDefinition Define(int texts)
    {
        ColumnDefinition[] columns =
        [
            new() { Name = "id", Column = "id", DeclaredType = "INTEGER", Type = FieldType.Integer, Ordinal = 0 },
            .. Enumerable.Range(1, texts).Select(i => new ColumnDefinition { Name = $"c{i}", Column = $"c{i}", DeclaredType = "TEXT", Type = FieldType.String, Ordinal = i, TextRules = OrdinalRules.Instance }),
        ];
        return new() { Name = "things", Table = new(null, "Things"), Columns = columns, Key = [columns[0]], Fingerprint = "f" };
    }
}
