namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>The rounds of one figure; the median is what to quote.</summary>
internal sealed class Median
{
    private readonly List<double> values = [];

    public void Add(double value) => values.Add(value);

    public double Value
    {
        get
        {
            var sorted = values.Order().ToArray();
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public override string ToString() => FormattableString.Invariant($"{Value:0.00} ({values.Min():0.00}–{values.Max():0.00})");
}
